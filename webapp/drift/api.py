"""REST: drift, week by week."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from webapp.accounts.permissions import IsAdministrator
from webapp.drift.table import MOST_WEEKS, WEEKS, table_of


class ShareSerializer(serializers.Serializer[Any]):
    """How many of how many, in per cent with a 95 % interval (Wilson)."""

    count = serializers.IntegerField()
    total = serializers.IntegerField()
    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class DriftWeekSerializer(serializers.Serializer[Any]):
    """One version in one week."""

    week = serializers.DateField(help_text="Its Monday, UTC.")
    version = serializers.IntegerField()
    answered = ShareSerializer(help_text="Of the questions that ended by themselves.")
    abstained = ShareSerializer(help_text="Of the answers.")
    right = ShareSerializer(help_text="Of people's verdicts on that week's answers.")
    verdicts = serializers.DictField(child=serializers.IntegerField())
    marked = serializers.ListField(
        child=serializers.CharField(),
        help_text="Figures that have surely left what they were in the weeks before.",
    )


class DriftDistanceSerializer(serializers.Serializer[Any]):
    """Pictures of one scanner and stain; 1 is the version's own threshold."""

    week = serializers.DateField()
    version = serializers.IntegerField()
    scanner = serializers.CharField()
    stain = serializers.CharField()
    pictures = serializers.IntegerField()
    median = serializers.FloatField()
    largest = serializers.FloatField()
    beyond = ShareSerializer(help_text="Those beyond the threshold.")
    is_marked = serializers.BooleanField()


class DriftThresholdsSerializer(serializers.Serializer[Any]):
    """From where on something is marked."""

    points = serializers.FloatField(help_text="Points from the weeks before.")
    fewest = serializers.IntegerField(help_text="Questions needed in those weeks.")
    beyond = serializers.FloatField(help_text="Per cent beyond the threshold.")


class DriftSerializer(serializers.Serializer[Any]):
    """The whole table."""

    weeks = DriftWeekSerializer(many=True)
    distances = DriftDistanceSerializer(many=True)
    thresholds = DriftThresholdsSerializer()


class DriftView(APIView):
    """Whether versions still answer as they did."""

    permission_classes = (IsAdministrator,)

    @extend_schema(
        operation_id="models_drift",
        summary="Drift of model versions, week by week",
        parameters=[
            OpenApiParameter(
                "weeks", int, description=f"1 to {MOST_WEEKS}; {WEEKS} unless told."
            )
        ],
        responses=DriftSerializer,
    )
    def get(self, request: Request) -> Response:
        field = serializers.IntegerField(min_value=1, max_value=MOST_WEEKS)
        try:
            weeks = field.run_validation(request.query_params.get("weeks", WEEKS))
        except serializers.ValidationError as error:
            raise serializers.ValidationError({"weeks": error.detail}) from error
        table = table_of(weeks)
        return Response(
            {
                "weeks": [row.as_dict() for row in table.weeks],
                "distances": [row.as_dict() for row in table.distances],
                "thresholds": thresholds(),
            }
        )


def thresholds() -> dict[str, float]:
    """As they are set."""
    return {
        "points": settings.DRIFT_POINTS,
        "fewest": settings.DRIFT_FEWEST,
        "beyond": settings.DRIFT_BEYOND,
    }
