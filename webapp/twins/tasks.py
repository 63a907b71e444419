"""Twins on the web queue: writing them, and the clock."""

from __future__ import annotations

import uuid

from django.conf import settings

from webapp.celery import app
from webapp.twins import services
from webapp.twins.services.asking import MAKE


@app.task(name=MAKE)  # type: ignore[untyped-decorator]
def make(twin_id: str) -> None:
    """Write one twin."""
    services.make_twin(uuid.UUID(twin_id))


@app.task(name="webapp.twins.sweep")  # type: ignore[untyped-decorator]
def sweep() -> None:
    """Look after lost ones, and after those of slides that are gone."""
    services.look_after()
    services.remove_of_gone_slides()


app.add_periodic_task(
    settings.SWEEP_SECONDS,
    sweep.s(),
    name="webapp.twins.sweep",
    expires=settings.SWEEP_SECONDS,
)
