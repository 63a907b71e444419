"""Delivering, trying again later, giving up, and replaying."""

from __future__ import annotations

import logging
import random
from datetime import timedelta
from uuid import UUID

from cryptography.fernet import InvalidToken
from django.db import transaction
from django.utils import timezone

from dragonfly.errors import DragonflyError
from webapp.audit.models import AuditEvent
from webapp.webhooks.address import find_target
from webapp.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from webapp.webhooks.sending import Outcome, body_of, post
from webapp.webhooks.services.announcing import send

State = WebhookDelivery.State
WAITS_S = (5, 30, 120, 600, 3600, 6 * 3600, 24 * 3600)
"""After each failure; after the last one it has failed."""
JITTER = 0.2
HELD = timedelta(seconds=60)
"""Longer than a try can take."""
PATIENCE = timedelta(days=5)
"""An endpoint that has failed for so long is disabled."""
UNREADABLE = "The secret cannot be read: the site's key has changed. Rotate it."
log = logging.getLogger(__name__)


def deliver(delivery_id: UUID) -> bool | None:
    """Try once what is due; None if it is not, or somebody else is trying it."""
    now = timezone.now()
    held = WebhookDelivery.objects.filter(
        pk=delivery_id, state=State.WAITING, next_at__lte=now
    ).update(next_at=now + HELD)
    if not held:
        return None
    delivery = WebhookDelivery.objects.select_related("endpoint").get(pk=delivery_id)
    if not delivery.endpoint.is_enabled:
        _end(delivery, State.FAILED)
        return False
    outcome = _try(delivery)
    with transaction.atomic():
        _record(delivery, outcome)
    return outcome.is_delivered


def _try(delivery: WebhookDelivery) -> Outcome:
    endpoint = delivery.endpoint
    try:
        target, keys = find_target(endpoint.url), endpoint.secrets
    except DragonflyError as refused:
        return Outcome(None, refused.message, 0)
    except InvalidToken:
        return Outcome(None, UNREADABLE, 0)
    body = body_of(delivery.event, delivery.created_at, delivery.payload)
    return post(target, str(delivery.pk), body, keys)


def _record(delivery: WebhookDelivery, outcome: Outcome) -> None:
    WebhookAttempt.objects.create(
        delivery=delivery,
        status=outcome.status,
        failure=outcome.failure[:200],
        duration_ms=outcome.duration_ms,
    )
    endpoints = WebhookEndpoint.objects.filter(pk=delivery.endpoint_id)
    if outcome.is_delivered:
        endpoints.update(failing_since=None)
        _end(delivery, State.DELIVERED)
        return
    endpoints.filter(failing_since=None).update(failing_since=timezone.now())
    if outcome.status == 410:
        _disable(delivery.endpoint, "Its server answered that it is gone (410).")
        _end(delivery, State.FAILED)
    elif not _try_later(delivery):
        _end(delivery, State.FAILED)
    _disable_if_long(delivery.endpoint)


def _try_later(delivery: WebhookDelivery) -> bool:
    if delivery.tries >= len(WAITS_S):
        return False
    # Receivers that were away together are not all asked at the same moment.
    wait_s = WAITS_S[delivery.tries] * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311
    rows = WebhookDelivery.objects.filter(pk=delivery.pk, state=State.WAITING)
    rows.update(
        tries=delivery.tries + 1,
        next_at=timezone.now() + timedelta(seconds=wait_s),
    )
    return True


def _end(delivery: WebhookDelivery, state: str) -> None:
    WebhookDelivery.objects.filter(pk=delivery.pk, state=State.WAITING).update(
        state=state, next_at=None, tries=delivery.tries + 1, ended_at=timezone.now()
    )


def _disable_if_long(endpoint: WebhookEndpoint) -> None:
    endpoint.refresh_from_db()
    since = endpoint.failing_since
    if since and since < timezone.now() - PATIENCE:
        _disable(endpoint, f"It has failed since {since:%Y-%m-%d}.")


def _disable(endpoint: WebhookEndpoint, reason: str) -> None:
    rows = WebhookEndpoint.objects.filter(pk=endpoint.pk, disabled_at=None)
    if rows.update(disabled_at=timezone.now(), disabled_reason=reason):
        AuditEvent.record("webhook.disable", on=endpoint, reason=reason)
        log.warning("Webhook endpoint %s was disabled. %s", endpoint.pk, reason)


def replay(delivery: WebhookDelivery) -> bool:
    """Send it anew, under the same id; False while it is waiting anyway."""
    with transaction.atomic():
        ended = WebhookDelivery.objects.filter(pk=delivery.pk).exclude(
            state=State.WAITING
        )
        changed = ended.update(
            state=State.WAITING, tries=0, next_at=timezone.now(), ended_at=None
        )
        if changed:
            transaction.on_commit(lambda: send(delivery.pk))
    return bool(changed)


def deliver_due() -> int:
    """Try what is due and was not, or no longer, on the queue; how many were sent."""
    due = WebhookDelivery.objects.filter(
        state=State.WAITING, next_at__lte=timezone.now()
    )
    names = list(due.order_by("next_at").values_list("pk", flat=True)[:200])
    for name in names:
        send(name)
    return len(names)
