"""Making endpoints and changing them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from rest_framework.request import Request

from webapp.accounts.models import User
from webapp.audit.record import record
from webapp.webhooks import secret
from webapp.webhooks.address import find_target
from webapp.webhooks.models import WebhookEndpoint

BOTH_SIGN = timedelta(hours=24)
"""So long after a rotation the earlier secret signs too."""
AnyRequest = HttpRequest | Request


def create_endpoint(
    request: AnyRequest, owner: User, url: str, **fields: Any
) -> tuple[WebhookEndpoint, str]:
    """A new endpoint and its secret, which is shown this once.

    Raises:
        DragonflyError: WEBHOOK_ADDRESS.
    """
    find_target(url)
    drawn = secret.draw()
    with transaction.atomic():
        endpoint = WebhookEndpoint.objects.create(
            owner=owner, url=url, sealed_secret=secret.seal(drawn), **fields
        )
        record(request, "webhook.create", on=endpoint)
    return endpoint, drawn


def change_endpoint(
    request: AnyRequest, endpoint: WebhookEndpoint, **fields: Any
) -> None:
    """Change its address, description or events.

    Raises:
        DragonflyError: WEBHOOK_ADDRESS.
    """
    if "url" in fields:
        find_target(fields["url"])
    with transaction.atomic():
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(**fields)
        record(request, "webhook.change", on=endpoint, fields=sorted(fields))
    endpoint.refresh_from_db()


def enable_endpoint(request: AnyRequest, endpoint: WebhookEndpoint) -> None:
    """Send to it again."""
    with transaction.atomic():
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(
            disabled_at=None, disabled_reason="", failing_since=None
        )
        record(request, "webhook.enable", on=endpoint)
    endpoint.refresh_from_db()


def rotate_secret(request: AnyRequest, endpoint: WebhookEndpoint) -> str:
    """A new secret, shown this once; for a day the earlier one signs beside it."""
    drawn = secret.draw()
    with transaction.atomic():
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(
            sealed_secret=secret.seal(drawn),
            sealed_earlier_secret=endpoint.sealed_secret,
            earlier_secret_until=timezone.now() + BOTH_SIGN,
        )
        record(request, "webhook.rotate", on=endpoint)
    endpoint.refresh_from_db()
    return drawn
