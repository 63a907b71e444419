"""REST: a person's webhook endpoints, and the log of what was sent to them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response

from webapp.accounts.models import User
from webapp.accounts.permissions import IsSignedIn
from webapp.api.editions import IF_MATCH, edition, locked, refuse_outdated
from webapp.audit.record import record
from webapp.webhooks import services
from webapp.webhooks.models import WebhookDelivery, WebhookEndpoint
from webapp.webhooks.serializers import (
    DeliverySerializer,
    EndpointSerializer,
    NewEndpointSerializer,
)
from webapp.webhooks.services.announcing import enqueue


class EndpointQuery(generics.GenericAPIView[WebhookEndpoint]):
    """The caller's endpoints; an administrator's are everyone's."""

    permission_classes = (IsSignedIn,)
    serializer_class = EndpointSerializer
    queryset = WebhookEndpoint.objects.none()

    def get_queryset(self) -> QuerySet[WebhookEndpoint]:
        return WebhookEndpoint.objects.visible_to(self.request.user)

    def with_secret(self, endpoint: WebhookEndpoint, secret: str) -> dict[str, Any]:
        """The only answer that shows it."""
        return {**self.get_serializer(endpoint).data, "secret": secret}


class EndpointListView(EndpointQuery, generics.ListAPIView[WebhookEndpoint]):
    """List and make endpoints."""

    filter_backends = ()

    @extend_schema(operation_id="webhooks_list", summary="Webhook endpoints")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="webhooks_create",
        summary="Make an endpoint; its secret is shown this once",
        responses={201: NewEndpointSerializer},
    )
    def post(self, request: Request) -> Response:
        assert isinstance(request.user, User)  # noqa: S101 -- by IsSignedIn
        asked = self.get_serializer(data=request.data)
        asked.is_valid(raise_exception=True)
        endpoint, secret = services.create_endpoint(
            request, request.user, **asked.validated_data
        )
        return Response(self.with_secret(endpoint, secret), status.HTTP_201_CREATED)


class EndpointView(EndpointQuery):
    """One endpoint."""

    @extend_schema(operation_id="webhooks_read", summary="One webhook endpoint")
    def get(self, request: Request, pk: UUID) -> Response:
        return edition(self.get_serializer(self.get_object()).data)

    @extend_schema(
        operation_id="webhooks_update",
        summary="Change an endpoint",
        parameters=[IF_MATCH],
    )
    @transaction.atomic
    def patch(self, request: Request, pk: UUID) -> Response:
        endpoint = locked(self.get_object())
        refuse_outdated(request, self.get_serializer(endpoint).data)
        asked = self.get_serializer(endpoint, data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        services.change_endpoint(request, endpoint, **asked.validated_data)
        return Response(self.get_serializer(endpoint).data)

    @extend_schema(
        operation_id="webhooks_delete",
        summary="Delete an endpoint and its log",
        responses={204: None},
    )
    def delete(self, request: Request, pk: UUID) -> Response:
        endpoint = self.get_object()
        record(request, "webhook.delete", on=endpoint)
        endpoint.delete()
        return Response(status=status.HTTP_204_NO_CONTENT)


class RotateView(EndpointQuery):
    """A new secret."""

    @extend_schema(
        operation_id="webhooks_rotate",
        summary="A new secret; for a day the earlier one signs beside it",
        request=None,
        responses=NewEndpointSerializer,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        endpoint = self.get_object()
        secret = services.rotate_secret(request, endpoint)
        return Response(self.with_secret(endpoint, secret))


class EnableView(EndpointQuery):
    """Back from being disabled."""

    @extend_schema(
        operation_id="webhooks_enable",
        summary="Send to an endpoint again that was disabled",
        request=None,
        responses=EndpointSerializer,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        endpoint = self.get_object()
        services.enable_endpoint(request, endpoint)
        return Response(self.get_serializer(endpoint).data)


class PingView(EndpointQuery):
    """A test."""

    @extend_schema(
        operation_id="webhooks_ping",
        summary='Send an event "ping" to see whether it arrives',
        request=None,
        responses={202: DeliverySerializer},
    )
    def post(self, request: Request, pk: UUID) -> Response:
        delivery = enqueue(self.get_object(), "ping", {})
        return Response(DeliverySerializer(delivery).data, status.HTTP_202_ACCEPTED)


class DeliveryQuery(generics.GenericAPIView[WebhookDelivery]):
    """What was sent to one of the caller's endpoints."""

    permission_classes = (IsSignedIn,)
    serializer_class = DeliverySerializer
    queryset = WebhookDelivery.objects.none()

    def get_queryset(self) -> QuerySet[WebhookDelivery]:
        endpoints = WebhookEndpoint.objects.visible_to(self.request.user)
        endpoint = get_object_or_404(endpoints, pk=self.kwargs["endpoint"])
        return endpoint.deliveries.prefetch_related("attempts")


class DeliveryListView(DeliveryQuery, generics.ListAPIView[WebhookDelivery]):
    """The log."""

    filterset_fields = ("state", "event")

    @extend_schema(
        operation_id="webhooks_deliveries", summary="What was sent, newest first"
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class ReplayView(DeliveryQuery):
    """Once more."""

    @extend_schema(
        operation_id="webhooks_replay",
        summary="Send a delivery once more, under the same id",
        request=None,
        responses={202: DeliverySerializer},
    )
    def post(self, request: Request, endpoint: UUID, pk: UUID) -> Response:
        delivery = self.get_object()
        if services.replay(delivery):
            record(request, "webhook.replay", on=delivery)
        delivery.refresh_from_db()
        return Response(self.get_serializer(delivery).data, status.HTTP_202_ACCEPTED)
