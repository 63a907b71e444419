"""`WebhookEndpoint`, `WebhookDelivery`, `WebhookAttempt`: who is told what, and how."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from webapp.webhooks import secret


class WebhookQuerySet(models.QuerySet["WebhookEndpoint"]):
    """Endpoints by who may see them."""

    def visible_to(self, user: Any) -> WebhookQuerySet:
        """A person's own; administrators see all."""
        if not getattr(user, "is_authenticated", False):
            return self.none()
        if getattr(user, "is_administrator", False):
            return self.all()
        return self.filter(owner=user)


class WebhookEndpoint(models.Model):
    """An address of somebody's program."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="webhooks"
    )
    url = models.CharField(max_length=2000)
    description = models.CharField(max_length=200, blank=True)
    events = models.JSONField(default=list, blank=True)
    """Kinds of events that are told; none named means all."""
    sealed_secret = models.TextField(editable=False)
    sealed_earlier_secret = models.TextField(blank=True, editable=False)
    earlier_secret_until = models.DateTimeField(null=True, editable=False)
    """Until then both secrets sign, so that a receiver can change over in peace."""
    failing_since = models.DateTimeField(null=True, editable=False)
    """The first failure after the last success."""
    disabled_at = models.DateTimeField(null=True, blank=True, editable=False)
    disabled_reason = models.CharField(max_length=200, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return self.url

    @property
    def is_enabled(self) -> bool:
        """Events are sent to it."""
        return self.disabled_at is None

    @property
    def secrets(self) -> list[str]:
        """Those that sign now, the newest first."""
        found = [secret.unseal(self.sealed_secret)]
        until = self.earlier_secret_until
        if self.sealed_earlier_secret and until and until > timezone.now():
            found.append(secret.unseal(self.sealed_earlier_secret))
        return found

    def wants(self, event: str) -> bool:
        """It is told of this kind."""
        return not self.events or event in self.events


class WebhookDelivery(models.Model):
    """One event for one endpoint: its id is the `webhook-id`, alike at each attempt."""

    class State(models.TextChoices):
        WAITING = "waiting"
        DELIVERED = "delivered"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    endpoint = models.ForeignKey(
        WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries"
    )
    event = models.CharField(max_length=64)
    payload = models.JSONField()
    """What is told: ids and states, never a patient's data."""
    state = models.CharField(max_length=16, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    """Since it was made or replayed."""
    next_at = models.DateTimeField(null=True)
    """When it is tried next; a process that tries it moves this ahead first."""
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-created_at", "-id")
        verbose_name_plural = "webhook deliveries"
        indexes = (models.Index(fields=("state", "next_at")),)

    def __str__(self) -> str:
        return f"{self.event} to {self.endpoint_id}"


class WebhookAttempt(models.Model):
    """One try at a delivery, for the log."""

    delivery = models.ForeignKey(
        WebhookDelivery, on_delete=models.CASCADE, related_name="attempts"
    )
    at = models.DateTimeField(auto_now_add=True)
    status = models.PositiveSmallIntegerField(null=True)
    """What the receiver answered; null if nothing."""
    failure = models.CharField(max_length=200, blank=True)
    duration_ms = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.status or self.failure}"
