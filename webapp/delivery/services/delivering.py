"""Trying, trying again later, parking, and sending again what was parked."""

from __future__ import annotations

import logging
import random
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from webapp.audit.models import AuditEvent
from webapp.delivery.models import Delivery
from webapp.delivery.sending import Outcome, send_object
from webapp.delivery.sending.outcome import Fate
from webapp.delivery.services.enqueuing import send

State = Delivery.State
WAITS_S = (10, 60, 300, 900, 3600, 4 * 3600, 12 * 3600, 24 * 3600)
"""After each failure; after the last one it is parked."""
JITTER = 0.2
HELD = timedelta(minutes=15)
"""Longer than a try can take."""
MOST_AT_ONCE = 200
log = logging.getLogger(__name__)


def deliver(delivery_id: UUID) -> Outcome | None:
    """Try once what is due; None if it is not, or its destination is busy.

    A destination gets one object at a time, so that one which hangs keeps one worker
    at most; what becomes free is handed to the next that is due there.
    """
    found = Delivery.objects.select_related("destination", "instance__series__study")
    now = timezone.now()
    held = (
        Delivery.objects.due(now)
        .filter(pk=delivery_id)
        .exclude(
            destination__in=Delivery.objects.filter(
                state=State.SENDING, next_at__gt=now
            ).values("destination")
        )
    )
    if not held.update(state=State.SENDING, round=F("round") + 1, next_at=now + HELD):
        return None
    delivery = found.get(pk=delivery_id)
    outcome = send_object(
        delivery.destination, delivery.instance, asks=delivery.round > 1
    )
    with transaction.atomic():
        _record(delivery, outcome)
    _go_on(delivery, outcome)
    return outcome


def _go_on(delivery: Delivery, outcome: Outcome) -> None:
    """The next for this destination; if it is away, all others for it wait as well."""
    now = timezone.now()
    others = Delivery.objects.filter(
        destination=delivery.destination_id, state=State.WAITING
    )
    if outcome.fate == Fate.LATER:
        until = now + timedelta(seconds=WAITS_S[0])
        others.filter(next_at__lt=until).update(next_at=until)
    elif following := others.filter(next_at__lte=now).order_by("next_at").first():
        send(following.pk)


def _record(delivery: Delivery, outcome: Outcome) -> None:
    """Write what came of it, unless this try was given up meanwhile."""
    is_last = delivery.tries >= len(WAITS_S)
    if outcome.fate == Fate.LATER and not is_last:
        _change(delivery, State.WAITING, outcome.reason, _wait(delivery.tries))
        return
    state = State.DELIVERED if outcome.fate == Fate.DELIVERED else State.PARKED
    if _change(delivery, state, outcome.reason, None):
        AuditEvent.record(
            f"delivery.{state}",
            on=delivery,
            destination=delivery.destination.name,
        )
        log.info("Delivery %s is %s.", delivery.pk, state)


def _wait(tries: int) -> timedelta:
    # Destinations that were away together are not all called at the same moment.
    return timedelta(
        seconds=WAITS_S[tries] * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311
    )


def _change(
    delivery: Delivery, state: str, reason: str, wait: timedelta | None
) -> bool:
    now = timezone.now()
    rows = Delivery.objects.filter(
        pk=delivery.pk, state=State.SENDING, round=delivery.round
    )
    changed = rows.update(
        state=state,
        reason=reason[:300],
        tries=F("tries") + 1,
        next_at=now + wait if wait else None,
        ended_at=None if wait else now,
    )
    return bool(changed)


def replay(delivery: Delivery) -> bool:
    """Send again what was parked; False if it is not parked."""
    with transaction.atomic():
        parked = Delivery.objects.filter(pk=delivery.pk, state=State.PARKED)
        changed = parked.update(
            state=State.WAITING, tries=0, next_at=timezone.now(), ended_at=None
        )
        if changed:
            transaction.on_commit(lambda: send(delivery.pk))
    return bool(changed)


def deliver_due() -> int:
    """Try what is due and was not, or no longer, on the queue; how many were sent."""
    due = Delivery.objects.due(timezone.now()).order_by("next_at")
    names = list(due.values_list("pk", flat=True)[:MOST_AT_ONCE])
    for name in names:
        send(name)
    return len(names)
