"""Result objects as JSON."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from webapp.results.models import ResultObject


class ResultObjectSerializer(serializers.ModelSerializer[ResultObject]):
    """One DICOM object that tells of one answer."""

    kind_name = serializers.CharField(source="get_kind_display", read_only=True)
    is_verified = serializers.SerializerMethodField()
    study_uid = serializers.CharField(source="instance.series.study.uid")
    series_uid = serializers.CharField(source="instance.series.uid")
    instance_uid = serializers.CharField(source="instance.uid")
    byte_size = serializers.IntegerField(source="instance.byte_size")
    file = serializers.SerializerMethodField()

    class Meta:
        model = ResultObject
        fields = (
            "id",
            "question",
            "kind",
            "kind_name",
            "version",
            "is_verified",
            "study_uid",
            "series_uid",
            "instance_uid",
            "byte_size",
            "file",
            "created_at",
        )
        read_only_fields = fields

    @extend_schema_field(bool)
    def get_is_verified(self, result: ResultObject) -> bool:
        """Whether a person has reviewed what it says."""
        return result.review_id is not None

    @extend_schema_field(str)
    def get_file(self, result: ResultObject) -> str:
        """Where the object is: a PDF as such, all others as DICOM files."""
        return reverse("api:result-file", args=(result.pk,))


class MakeResultSerializer(serializers.Serializer[Any]):
    """Which kind is wanted."""

    kind = serializers.ChoiceField(choices=ResultObject.Kind.choices)
