"""REST: the model versions."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from webapp.accounts.permissions import IsSignedIn
from webapp.training.models import ModelVersion


class ModelVersionSerializer(serializers.ModelSerializer[ModelVersion]):
    """A version, without the folder: that is the workers' own affair."""

    is_active = serializers.SerializerMethodField()
    intended_use = serializers.SerializerMethodField()

    class Meta:
        model = ModelVersion
        fields = (
            "id",
            "name",
            "digest",
            "variant",
            "note",
            "state",
            "is_active",
            "created_at",
            "activated_at",
            "intended_use",
        )

    def get_is_active(self, version: ModelVersion) -> bool:
        """New questions go to it."""
        return version.state == ModelVersion.State.ACTIVE

    def get_intended_use(self, version: ModelVersion) -> str:
        """What every answer of it says."""
        return str(settings.INTENDED_USE)


class ModelVersionListView(generics.ListAPIView[ModelVersion]):
    """Every version that has ever answered or may."""

    permission_classes = (IsSignedIn,)
    serializer_class = ModelVersionSerializer
    queryset = ModelVersion.objects.all()
    filterset_fields = ("state", "digest")

    @extend_schema(operation_id="models_list", summary="Model versions, newest first")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)
