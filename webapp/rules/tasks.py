"""Rules on the web queue: the clock finds slides and results that nobody told of."""

from __future__ import annotations

from django.conf import settings

from webapp.celery import app
from webapp.rules.delivering import deliver_missed
from webapp.rules.services import act_on_missed


@app.task(name="webapp.rules.sweep")  # type: ignore[untyped-decorator]
def sweep() -> None:
    """Look at what was missed."""
    act_on_missed()
    deliver_missed()


app.add_periodic_task(
    settings.SWEEP_SECONDS,
    sweep.s(),
    name="webapp.rules.sweep",
    expires=settings.SWEEP_SECONDS,
)
