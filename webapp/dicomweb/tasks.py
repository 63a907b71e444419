"""DICOM on the web queue: series that become slides."""

from __future__ import annotations

from django.conf import settings

from webapp.celery import app
from webapp.dicomweb import preparing
from webapp.dicomweb.removal import remove_of_deleted_slides


@app.task(name=preparing.PREPARE_SERIES)  # type: ignore[untyped-decorator]
def prepare_series(series_id: int) -> None:
    """Make the slide of one series, once it is quiet."""
    preparing.follow_series(series_id)


@app.task(name="webapp.dicomweb.sweep")  # type: ignore[untyped-decorator]
def sweep() -> None:
    """Make the slides whose message was lost; remove what deleted slides leave."""
    preparing.prepare_quiet_series()
    remove_of_deleted_slides()


app.add_periodic_task(
    settings.SWEEP_SECONDS,
    sweep.s(),
    name="webapp.dicomweb.sweep",
    expires=settings.SWEEP_SECONDS,
)
