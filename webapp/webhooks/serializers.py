"""Endpoints and deliveries as REST shows and takes them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from webapp.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint

EVENTS = ("job.succeeded", "job.failed", "job.cancelled", "result.made")
"""Kinds of events. Those of jobs tell the job's id, its state and its failure code.

That of a result tells its id, its question, its kind, its version, and whether it is
reviewed."""


class EndpointSerializer(serializers.ModelSerializer[WebhookEndpoint]):
    """An endpoint without its secret."""

    url = serializers.CharField(
        max_length=2000,
        help_text="https://; hosts inside the site's network must be allowed by name.",
    )
    events = serializers.ListField(
        child=serializers.ChoiceField(choices=EVENTS),
        required=False,
        max_length=len(EVENTS),
        help_text="Kinds of events that are told; none named means all.",
    )
    is_enabled = serializers.BooleanField(read_only=True)

    class Meta:
        model = WebhookEndpoint
        fields: tuple[str, ...] = (
            "id",
            "url",
            "description",
            "events",
            "is_enabled",
            "disabled_at",
            "disabled_reason",
            "failing_since",
            "earlier_secret_until",
            "created_at",
        )
        read_only_fields = (
            "disabled_at",
            "disabled_reason",
            "failing_since",
            "earlier_secret_until",
        )


class NewEndpointSerializer(EndpointSerializer):
    """An endpoint with its secret: this answer is the only place that shows it."""

    secret = serializers.CharField(read_only=True)

    class Meta(EndpointSerializer.Meta):
        fields = (*EndpointSerializer.Meta.fields, "secret")


class AttemptSerializer(serializers.ModelSerializer[WebhookAttempt]):
    """One try."""

    class Meta:
        model = WebhookAttempt
        fields = ("at", "status", "failure", "duration_ms")


class DeliverySerializer(serializers.ModelSerializer[WebhookDelivery]):
    """One event for one endpoint, and every try at it."""

    payload: Any = serializers.DictField(read_only=True)
    attempts = AttemptSerializer(many=True, read_only=True)

    class Meta:
        model = WebhookDelivery
        fields = (
            "id",
            "event",
            "payload",
            "state",
            "tries",
            "next_at",
            "created_at",
            "ended_at",
            "attempts",
        )
        read_only_fields = fields
