"""REST: who asked that which version answers, and who decided."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, cast

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from webapp.accounts.models import User
from webapp.accounts.permissions import IsAdministrator
from webapp.audit.record import client_address
from webapp.training import services
from webapp.training.api import ModelVersionSerializer
from webapp.training.models import ActivationRequest, ModelVersion

MOST_WORDS = 4000


class AdministratorNameSerializer(serializers.ModelSerializer[User]):
    """Who asked or decided."""

    class Meta:
        model = User
        fields = ("id", "username")


class ActivationRequestSerializer(serializers.ModelSerializer[ActivationRequest]):
    """What one administrator asked and another decided."""

    asked_by = AdministratorNameSerializer()
    decided_by = AdministratorNameSerializer(allow_null=True)

    class Meta:
        model = ActivationRequest
        fields = (
            "id",
            "version",
            "replacing",
            "share",
            "people",
            "checks",
            "reason",
            "state",
            "asked_by",
            "created_at",
            "decided_by",
            "decided_at",
            "decision",
        )
        read_only_fields = fields


class AskActivationSerializer(serializers.Serializer[Any]):
    """Who shall get its answers, and why."""

    share = serializers.IntegerField(
        min_value=0, max_value=100, default=100, help_text="Percent of the people."
    )
    people = serializers.PrimaryKeyRelatedField(
        many=True,
        queryset=User.objects.filter(is_active=True),
        default=list,
        help_text="Who gets them whatever the share.",
    )
    reason = serializers.CharField(default="", allow_blank=True, max_length=MOST_WORDS)


class DecisionSerializer(serializers.Serializer[Any]):
    """What the one who decides wants to note."""

    note = serializers.CharField(default="", allow_blank=True, max_length=MOST_WORDS)


class ActivationRequestsView(generics.ListAPIView[ActivationRequest]):
    """Who asked that which version answers."""

    permission_classes = (IsAdministrator,)
    serializer_class = ActivationRequestSerializer
    queryset = ActivationRequest.objects.select_related("asked_by", "decided_by")
    filterset_fields = ("state", "version")

    @extend_schema(
        operation_id="activations_list", summary="Requests that a version answers"
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class AskActivationView(APIView):
    """Ask for one version."""

    permission_classes = (IsAdministrator,)

    @extend_schema(
        operation_id="activations_ask",
        summary="Ask another administrator to let a version answer",
        request=AskActivationSerializer,
        responses={201: ActivationRequestSerializer},
    )
    def post(self, request: Request, pk: int) -> Response:
        version = get_object_or_404(ModelVersion, pk=pk)
        said = AskActivationSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        asked = services.ask_for_activation(
            version,
            cast(User, request.user),
            address=client_address(request),
            **said.validated_data,
        )
        return Response(ActivationRequestSerializer(asked).data, HTTPStatus.CREATED)


class DecideView(APIView):
    """Agree to a request, or refuse it."""

    permission_classes = (IsAdministrator,)

    def decide(self, request: Request, pk: int, verb: Callable[..., None]) -> Response:
        """The request as it is afterwards."""
        asked = get_object_or_404(ActivationRequest, pk=pk)
        said = DecisionSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        verb(
            asked,
            cast(User, request.user),
            address=client_address(request),
            **said.validated_data,
        )
        asked.refresh_from_db()
        return Response(ActivationRequestSerializer(asked).data)


class ApproveView(DecideView):
    """By another administrator than the one who asked."""

    @extend_schema(
        operation_id="activations_approve",
        summary="Agree, as the second administrator",
        request=DecisionSerializer,
        responses=ActivationRequestSerializer,
    )
    def post(self, request: Request, pk: int) -> Response:
        return self.decide(request, pk, services.approve)


class RefuseView(DecideView):
    """By any administrator; who asked takes it back so."""

    @extend_schema(
        operation_id="activations_refuse",
        summary="Refuse, or take back",
        request=DecisionSerializer,
        responses=ActivationRequestSerializer,
    )
    def post(self, request: Request, pk: int) -> Response:
        return self.decide(request, pk, services.refuse)


class RollBackView(APIView):
    """One administrator is enough: it undoes what two decided."""

    permission_classes = (IsAdministrator,)

    @extend_schema(
        operation_id="models_roll_back",
        summary="Let the version before answer again",
        request=None,
        responses=ModelVersionSerializer,
    )
    def post(self, request: Request) -> Response:
        user = cast(User, request.user)
        version = services.roll_back(user, client_address(request))
        return Response(ModelVersionSerializer(version).data)
