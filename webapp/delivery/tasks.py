"""Deliveries on the web queue: sending, and the clock."""

from __future__ import annotations

import uuid

from django.conf import settings

from webapp.celery import app
from webapp.delivery import services
from webapp.delivery.services.enqueuing import DELIVER

SEND_SECONDS = 13 * 60
"""Longer than any try takes that keeps to its own limits."""


@app.task(name=DELIVER, soft_time_limit=SEND_SECONDS)  # type: ignore[untyped-decorator]
def deliver(delivery_id: str) -> None:
    """Try one delivery."""
    services.deliver(uuid.UUID(delivery_id))


@app.task(name="webapp.delivery.sweep")  # type: ignore[untyped-decorator]
def sweep() -> None:
    """Send what is due."""
    services.deliver_due()


app.add_periodic_task(
    settings.SWEEP_SECONDS,
    sweep.s(),
    name="webapp.delivery.sweep",
    expires=settings.SWEEP_SECONDS,
)
