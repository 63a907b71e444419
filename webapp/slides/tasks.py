"""Slides on the web queue: the ingest, and what the clock looks after."""

from __future__ import annotations

import uuid

from celery.schedules import crontab
from django.conf import settings

from webapp.celery import app
from webapp.slides.ingest.queue import INGEST_SLIDE
from webapp.slides.ingest.steps import ingest
from webapp.slides.ingest.sweeping import sweep_slides
from webapp.slides.removal import purge_deleted
from webapp.slides.uploads.expiry import complete_whole_uploads, expire_uploads

INGEST_SECONDS = 4 * 3600
"""Hashing the largest slide from a slow disk takes less; a hanging parser does not."""


@app.task(name=INGEST_SLIDE, soft_time_limit=INGEST_SECONDS)  # type: ignore[untyped-decorator]
def ingest_slide(slide_id: str) -> None:
    """Prepare one slide."""
    ingest(uuid.UUID(slide_id))


@app.task(name="webapp.slides.sweep")  # type: ignore[untyped-decorator]
def sweep() -> None:
    """Complete and resend what a dead process left."""
    complete_whole_uploads()
    sweep_slides()


@app.task(name="webapp.slides.tidy")  # type: ignore[untyped-decorator]
def tidy() -> None:
    """Delete what nobody can come back to."""
    expire_uploads()
    purge_deleted()


app.add_periodic_task(
    settings.SWEEP_SECONDS,
    sweep.s(),
    name="webapp.slides.sweep",
    expires=settings.SWEEP_SECONDS,
)
app.add_periodic_task(crontab(minute=17), tidy.s(), name="webapp.slides.tidy")
