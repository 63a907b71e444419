"""Twins as JSON."""

from __future__ import annotations

from rest_framework import serializers

from webapp.twins.models import Twin


class TwinSerializer(serializers.ModelSerializer[Twin]):
    """The DICOM copy of a slide, and how far it is."""

    class Meta:
        model = Twin
        fields = (
            "slide",
            "state",
            "done",
            "total",
            "study_uid",
            "failure_code",
            "failure_message",
            "created_at",
        )
        read_only_fields = fields
