"""Announcing an event: one delivery for each endpoint that wants it."""

from __future__ import annotations

import logging
from functools import partial
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from webapp.celery import app
from webapp.webhooks.models import WebhookDelivery, WebhookEndpoint

DELIVER = "webapp.webhooks.deliver"
log = logging.getLogger(__name__)


def announce(
    owner: models.Model, event: str, data: dict[str, Any]
) -> list[WebhookDelivery]:
    """Tell the programs of this user.

    The rows are written with whatever the caller is writing and sent after the commit:
    what is rolled back was never announced, and what is committed is not forgotten.

    Args:
        data: ids and states; never a patient's data.
    """
    endpoints = WebhookEndpoint.objects.filter(owner=owner.pk, disabled_at=None)
    made = [enqueue(one, event, data) for one in endpoints if one.wants(event)]
    return made


def enqueue(
    endpoint: WebhookEndpoint, event: str, data: dict[str, Any]
) -> WebhookDelivery:
    """One delivery, sent after the commit."""
    delivery = WebhookDelivery.objects.create(
        endpoint=endpoint, event=event, payload=data, next_at=timezone.now()
    )
    transaction.on_commit(partial(send, delivery.pk))
    return delivery


def send(delivery_id: UUID) -> None:
    """Put it on the queue; without one the clock finds the row."""
    try:
        app.send_task(DELIVER, args=(str(delivery_id),), retry=False, expires=60)
    except (RedisError, OperationalError):
        log.warning("The queue does not answer; webhook %s waits.", delivery_id)
