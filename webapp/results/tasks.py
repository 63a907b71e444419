"""Results on the web queue: reports that nobody asked for, and the clock."""

from __future__ import annotations

import uuid

from django.conf import settings

from webapp.celery import app
from webapp.results import services
from webapp.results.services.automatic import REPORT


@app.task(name=REPORT)  # type: ignore[untyped-decorator]
def report(question_id: str) -> None:
    """Make the newest report of one answer."""
    services.report_on(uuid.UUID(question_id))


@app.task(name="webapp.results.sweep")  # type: ignore[untyped-decorator]
def sweep() -> None:
    """Report on what was missed."""
    services.report_missed()


app.add_periodic_task(
    settings.SWEEP_SECONDS,
    sweep.s(),
    name="webapp.results.sweep",
    expires=settings.SWEEP_SECONDS,
)
