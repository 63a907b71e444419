"""Destinations and deliveries as REST shows and takes them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from webapp.delivery.models import Delivery, Destination
from webapp.dicomweb.models import UID_LENGTH

MOST_INSTANCES = 1000


class DestinationSerializer(serializers.ModelSerializer[Destination]):
    """Its name; its address and how we sign in there are the administrators' alone."""

    class Meta:
        model = Destination
        fields = ("id", "name", "kind", "is_enabled")
        read_only_fields = fields


class ObjectDeliverySerializer(serializers.ModelSerializer[Delivery]):
    """One object on its way to one destination."""

    destination_name = serializers.CharField(source="destination.name", read_only=True)
    study = serializers.CharField(source="instance.series.study.uid", read_only=True)
    series = serializers.CharField(source="instance.series.uid", read_only=True)
    instance = serializers.CharField(  # type: ignore[assignment]
        source="instance.uid", read_only=True
    )

    class Meta:
        model = Delivery
        fields = (
            "id",
            "destination",
            "destination_name",
            "study",
            "series",
            "instance",
            "state",
            "reason",
            "tries",
            "next_at",
            "created_at",
            "ended_at",
        )
        read_only_fields = fields


class UidField(serializers.CharField):
    """A DICOM UID."""

    def __init__(self, **fields: Any) -> None:
        super().__init__(max_length=UID_LENGTH, **fields)


class SendObjectsSerializer(serializers.Serializer[Any]):
    """Which objects go where: all of a study, all of a series, or those named."""

    destination = serializers.PrimaryKeyRelatedField(
        queryset=Destination.objects.filter(is_enabled=True)
    )
    study = UidField(required=False)
    series = UidField(required=False)
    instances = serializers.ListField(
        child=UidField(), required=False, min_length=1, max_length=MOST_INSTANCES
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Something is named."""
        if not {"study", "series", "instances"} & attrs.keys():
            raise serializers.ValidationError("Name a study, a series or instances.")
        return attrs
