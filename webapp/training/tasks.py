"""What workers tell of models, from the web queue."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from inference_worker.messages import (
    RECORD_INSPECTION,
    RECORD_MODEL,
    Inspected,
    ModelFound,
)
from webapp.celery import app
from webapp.training import services


@app.task(name=RECORD_MODEL)  # type: ignore[untyped-decorator]
def record_model(**fields: Any) -> None:
    """Every worker tells at each start; only the first time counts."""
    services.record_found_model(ModelFound(**fields))


@app.task(name=RECORD_INSPECTION)  # type: ignore[untyped-decorator]
def record_inspection(**fields: Any) -> None:
    """A worker has looked at a model from outside."""
    services.record_inspection(Inspected.from_fields(**fields))


@app.task(name="webapp.training.sweep")  # type: ignore[untyped-decorator]
def sweep() -> None:
    """Send what waits and find what was lost."""
    services.sweep_imports()


app.add_periodic_task(
    settings.SWEEP_SECONDS,
    sweep.s(),
    name="webapp.training.sweep",
    expires=settings.SWEEP_SECONDS,
)
