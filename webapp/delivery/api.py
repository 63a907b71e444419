"""REST: sending objects to destinations, and what became of each."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import django_filters
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response

from dragonfly.errors import DragonflyError
from webapp.accounts.models import User
from webapp.accounts.permissions import IsSignedIn, MayUpload
from webapp.audit.record import record
from webapp.delivery import services
from webapp.delivery.models import Delivery, Destination
from webapp.delivery.serializers import (
    MOST_INSTANCES,
    DestinationSerializer,
    ObjectDeliverySerializer,
    SendObjectsSerializer,
)
from webapp.dicomweb.models import Instance


class DestinationListView(generics.ListAPIView[Destination]):
    """Where objects may go."""

    permission_classes = (IsSignedIn,)
    serializer_class = DestinationSerializer
    queryset = Destination.objects.all()
    filter_backends = ()

    @extend_schema(operation_id="destinations_list", summary="Where objects may go")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class DeliveryFilter(django_filters.FilterSet):  # type: ignore[misc]
    """`?state=parked&study=1.2.3&instance=1.2.3.4&destination=`."""

    state = django_filters.MultipleChoiceFilter(choices=Delivery.State.choices)
    study = django_filters.CharFilter(field_name="instance__series__study__uid")
    series = django_filters.CharFilter(field_name="instance__series__uid")
    instance = django_filters.CharFilter(field_name="instance__uid")

    class Meta:
        model = Delivery
        fields = ("state", "destination", "study", "series", "instance")


class DeliveryQuery(generics.GenericAPIView[Delivery]):
    """Deliveries of objects that the caller may see."""

    permission_classes = (MayUpload,)
    serializer_class = ObjectDeliverySerializer
    queryset = Delivery.objects.none()

    def get_queryset(self) -> QuerySet[Delivery]:
        seen = Delivery.objects.visible_to(self.request.user)
        return seen.select_related("destination", "instance__series__study")


class DeliveryListView(DeliveryQuery, generics.ListAPIView[Delivery]):
    """List deliveries and make them."""

    filterset_class = DeliveryFilter

    @extend_schema(operation_id="deliveries_list", summary="Deliveries, newest first")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="deliveries_create",
        summary="Send objects to a destination; what was sent before is not sent twice",
        request=SendObjectsSerializer,
        responses={202: ObjectDeliverySerializer(many=True)},
    )
    def post(self, request: Request) -> Response:
        assert isinstance(request.user, User)  # noqa: S101 -- by MayUpload
        asked = SendObjectsSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        named = dict(asked.validated_data)
        destination = named.pop("destination")
        instances = named_instances(request.user, **named)
        with transaction.atomic():
            made = services.enqueue(instances, destination)
            record(
                request,
                "delivery.create",
                on=destination,
                instances=[str(one.pk) for one in instances],
            )
        shown = ObjectDeliverySerializer(made, many=True)
        return Response(shown.data, status.HTTP_202_ACCEPTED)


def named_instances(user: User, **named: Any) -> list[Instance]:
    """The caller's own objects that are named.

    Raises:
        Http404: there are none, or one of the instances is not among them.
        DragonflyError: TOO_MANY_OBJECTS.
    """
    found = services.deliverable_to(user).select_related("series__study")
    if "study" in named:
        found = found.filter(series__study__uid=named["study"])
    if "series" in named:
        found = found.filter(series__uid=named["series"])
    wanted = set(named.get("instances", ()))
    if wanted:
        found = found.filter(uid__in=wanted)
    instances = list(found[: MOST_INSTANCES + 1])
    if not instances or wanted - {one.uid for one in instances}:
        raise Http404
    if len(instances) > MOST_INSTANCES:
        raise DragonflyError(
            "TOO_MANY_OBJECTS",
            f"This names more than {MOST_INSTANCES} objects. Name one series at a "
            "time, or instances.",
        )
    return instances


class DeliveryView(DeliveryQuery):
    """One delivery."""

    @extend_schema(operation_id="deliveries_read", summary="One delivery")
    def get(self, request: Request, pk: UUID) -> Response:
        return Response(self.get_serializer(self.get_object()).data)


class ReplayView(DeliveryQuery):
    """Once more."""

    def get_queryset(self) -> QuerySet[Delivery]:
        assert isinstance(self.request.user, User)  # noqa: S101 -- by MayUpload
        own = services.deliverable_to(self.request.user)
        return super().get_queryset().filter(instance__in=own)

    @extend_schema(
        operation_id="deliveries_replay",
        summary="Send a parked delivery again; others stay as they are",
        request=None,
        responses={202: ObjectDeliverySerializer},
    )
    def post(self, request: Request, pk: UUID) -> Response:
        delivery = self.get_object()
        if services.replay(delivery):
            record(request, "delivery.replay", on=delivery)
        delivery.refresh_from_db()
        return Response(self.get_serializer(delivery).data, status.HTTP_202_ACCEPTED)
