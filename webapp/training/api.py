"""REST: the model versions."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, cast

from django.conf import settings
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from webapp.accounts.models import User
from webapp.accounts.permissions import IsAdministrator, IsSignedIn
from webapp.audit.record import client_address
from webapp.training.card import card_of
from webapp.training.models import ModelVersion
from webapp.training.services import delete_model_version


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


class MeasureSerializer(serializers.Serializer[Any]):
    """One figure with its 95 % interval."""

    name = serializers.CharField()
    value = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class FactSerializer(serializers.Serializer[Any]):
    """One line of the card."""

    term = serializers.CharField()
    text = serializers.CharField()


class ModelCardSerializer(serializers.Serializer[Any]):
    """What is known of a version, and where nobody knows anything."""

    summary = serializers.CharField()
    mechanism = serializers.CharField()
    intended_use = serializers.CharField()
    validation = serializers.CharField()
    licence = serializers.CharField()
    warnings = serializers.ListField(child=serializers.CharField())
    measures = MeasureSerializer(many=True)
    facts = FactSerializer(many=True)
    makers = serializers.CharField(help_text="The makers' own card, in Markdown.")


class ModelCardView(APIView):
    """The card of one version."""

    permission_classes = (IsSignedIn,)

    @extend_schema(
        operation_id="models_card",
        summary="The card of a model version",
        responses=ModelCardSerializer,
    )
    def get(self, request: Request, pk: int) -> Response:
        version = get_object_or_404(ModelVersion, pk=pk)
        return Response(card_of(version).fields())


class ModelVersionView(APIView):
    """One version, to be deleted."""

    permission_classes = (IsAdministrator,)

    @extend_schema(
        operation_id="models_delete",
        summary="Delete a version from outside that nothing refers to",
        responses={204: None},
    )
    def delete(self, request: Request, pk: int) -> Response:
        """Its files go too; what an answer or a job names stays."""
        version = get_object_or_404(ModelVersion, pk=pk)
        user = cast(User, request.user)
        delete_model_version(version, user, client_address(request))
        return Response(status=HTTPStatus.NO_CONTENT)


class ModelVersionListView(generics.ListAPIView[ModelVersion]):
    """Every version that has ever answered or may."""

    permission_classes = (IsSignedIn,)
    serializer_class = ModelVersionSerializer
    queryset = ModelVersion.objects.all()
    filterset_fields = ("state", "digest")

    @extend_schema(operation_id="models_list", summary="Model versions, newest first")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)
