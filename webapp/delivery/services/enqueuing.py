"""Putting objects on their way: each goes to a destination once."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from webapp.accounts.models import User
from webapp.celery import app
from webapp.delivery.models import Delivery, Destination
from webapp.dicomweb.models import Instance

DELIVER = "webapp.delivery.deliver"
log = logging.getLogger(__name__)


def enqueue(instances: Iterable[Instance], destination: Destination) -> list[Delivery]:
    """The delivery of each object to this destination, made now or earlier.

    Rows are written with whatever the caller is writing and sent after the commit. One
    that was delivered or parked before stays as it is.
    """
    made: list[Delivery] = []
    for instance in instances:
        delivery, is_new = Delivery.objects.get_or_create(
            instance=instance,
            destination=destination,
            defaults={"next_at": timezone.now()},
        )
        made.append(delivery)
        if is_new:
            transaction.on_commit(partial(send, delivery.pk))
    return made


def deliverable_to(user: User) -> QuerySet[Instance]:
    """The objects that this user may have delivered: their own; all for admins.

    To see an object that somebody shares is not to hand it on.
    """
    if user.is_administrator:
        return Instance.objects.all()
    return Instance.objects.filter(owner=user)


def send(delivery_id: UUID) -> None:
    """Put it on the queue; without one the clock finds the row."""
    try:
        app.send_task(DELIVER, args=(str(delivery_id),), retry=False, expires=60)
    except (RedisError, OperationalError):
        log.warning("The queue does not answer; delivery %s waits.", delivery_id)
