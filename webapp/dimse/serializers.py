"""What archives have, and fetches, as REST shows and takes them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from webapp.delivery.models import Destination
from webapp.dimse.models import Fetch


class FoundStudySerializer(serializers.Serializer[Any]):
    """What an archive says of one of its studies."""

    study = serializers.CharField()
    date = serializers.CharField()
    time = serializers.CharField()
    accession_number = serializers.CharField()
    patient_id = serializers.CharField()
    patient_name = serializers.CharField()
    description = serializers.CharField()
    modalities = serializers.ListField(child=serializers.CharField())
    instance_count = serializers.IntegerField(allow_null=True)


class SearchSerializer(serializers.Serializer[Any]):
    """What is searched for; an asterisk and a question mark stand for other letters."""

    patient_id = serializers.CharField(max_length=64, required=False)
    accession_number = serializers.CharField(max_length=16, required=False)
    study = serializers.RegexField(r"^[0-9.]+$", max_length=64, required=False)
    date = serializers.RegexField(
        r"^(\d{8})?-?(\d{8})?$",
        max_length=17,
        required=False,
        help_text="20260131, or 20260101-20260131, or open to one side.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Something names a patient or a study, so that no whole archive is listed."""
        named = [attrs.get(name, "") for name in ("patient_id", "accession_number")]
        named.append(attrs.get("study", ""))
        if not any(value.strip("*? ") for value in named):
            raise serializers.ValidationError(
                "Name a patient ID, an accession number or a study."
            )
        return attrs


class FetchSerializer(serializers.ModelSerializer[Fetch]):
    """A study that an archive is asked to send."""

    archive = serializers.PrimaryKeyRelatedField(
        queryset=Destination.objects.filter(
            kind=Destination.Kind.DIMSE, is_enabled=True
        )
    )

    class Meta:
        model = Fetch
        fields = (
            "id",
            "archive",
            "study",
            "series",
            "state",
            "reason",
            "completed",
            "failed",
            "created_at",
            "changed_at",
        )
        read_only_fields = ("state", "reason", "completed", "failed", "changed_at")
