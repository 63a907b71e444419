"""Workitems on the web queue: the clock finds what nobody told."""

from __future__ import annotations

from django.conf import settings

from webapp.celery import app
from webapp.worklist.services import move_on


@app.task(name="webapp.worklist.sweep")  # type: ignore[untyped-decorator]
def sweep() -> None:
    """Begin what is due and has its input, end what has ended."""
    move_on()


app.add_periodic_task(
    settings.SWEEP_SECONDS,
    sweep.s(),
    name="webapp.worklist.sweep",
    expires=settings.SWEEP_SECONDS,
)
