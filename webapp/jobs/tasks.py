"""Jobs on the web queue: the clock finds what nobody told."""

from __future__ import annotations

from django.conf import settings

from webapp.api.idempotency import forget_old
from webapp.celery import app
from webapp.jobs.delivering import deliver_missed
from webapp.jobs.models import IdempotencyKey, Job
from webapp.jobs.services import advance_jobs


@app.task(name="webapp.jobs.sweep")  # type: ignore[untyped-decorator]
def sweep() -> None:
    """Move on every open job that can be moved on."""
    waiting = Job.objects.filter(state__in=Job.OPEN).order_by("created_at")
    advance_jobs(list(waiting.values_list("pk", flat=True)))
    deliver_missed()
    forget_old(IdempotencyKey)


app.add_periodic_task(
    settings.SWEEP_SECONDS,
    sweep.s(),
    name="webapp.jobs.sweep",
    expires=settings.SWEEP_SECONDS,
)
