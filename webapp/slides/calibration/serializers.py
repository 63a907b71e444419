"""A calibration as REST shows it, and as it is asked for."""

from __future__ import annotations

import math
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from webapp.slides.calibration.services import Line
from webapp.slides.models import Calibration

ONE_OF_TWO = "Give either mpp, or start, end and length_um."


def _is_a_number(value: float) -> None:
    if not math.isfinite(value):
        raise serializers.ValidationError("This is not a number.")


class PointSerializer(serializers.Serializer[Any]):
    """A point in level-0 pixels."""

    x = serializers.FloatField(validators=[_is_a_number])
    y = serializers.FloatField(validators=[_is_a_number])


class CalibrateSerializer(serializers.Serializer[Any]):
    """A line of known length, or the pixel size itself."""

    start = PointSerializer(required=False)
    end = PointSerializer(required=False)
    length_um = serializers.FloatField(
        required=False, validators=[_is_a_number], help_text="How long the line is."
    )
    mpp = serializers.FloatField(
        required=False,
        validators=[_is_a_number],
        help_text="Micrometres per level-0 pixel.",
    )

    def validate(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Exactly one of the two ways."""
        if set(asked) not in ({"mpp"}, {"start", "end", "length_um"}):
            raise serializers.ValidationError(ONE_OF_TWO)
        return asked

    @property
    def measure(self) -> Line | float:
        """What was asked for, as `calibrate` takes it."""
        asked = self.validated_data
        if "mpp" in asked:
            return float(asked["mpp"])
        start, end = (
            (point["x"], point["y"]) for point in (asked["start"], asked["end"])
        )
        return Line(start, end, asked["length_um"])


class CalibrationSerializer(serializers.ModelSerializer[Calibration]):
    """Who set the pixel size, how, and what the file says."""

    set_by = serializers.CharField(source="set_by.username", read_only=True)
    mpp_x = serializers.FloatField(source="slide.mpp_x", read_only=True)
    mpp_y = serializers.FloatField(source="slide.mpp_y", read_only=True)
    start = serializers.SerializerMethodField()
    end = serializers.SerializerMethodField()

    class Meta:
        model = Calibration
        fields = (
            "set_by",
            "set_at",
            "mpp_x",
            "mpp_y",
            "start",
            "end",
            "length_um",
            "file_mpp_x",
            "file_mpp_y",
            "file_mpp_source",
        )
        read_only_fields = fields

    @extend_schema_field(PointSerializer(allow_null=True))
    def get_start(self, calibration: Calibration) -> dict[str, float] | None:
        """One end of the line; null if the size itself was entered."""
        return _point(calibration.line, 0)

    @extend_schema_field(PointSerializer(allow_null=True))
    def get_end(self, calibration: Calibration) -> dict[str, float] | None:
        """The other end."""
        return _point(calibration.line, 2)


def _point(line: list[float] | None, at: int) -> dict[str, float] | None:
    return {"x": line[at], "y": line[at + 1]} if line else None
