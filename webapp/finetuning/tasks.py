"""What the training worker tells, and the clock, from the web queue."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from inference_worker.messages import (
    RECORD_TRAINING,
    RECORD_TRAINING_END,
    TrainingEnded,
    TrainingTold,
)
from webapp.api.idempotency import forget_old
from webapp.celery import app
from webapp.finetuning import services
from webapp.finetuning.models import FineTuneKey


@app.task(name=RECORD_TRAINING)  # type: ignore[untyped-decorator]
def record_training(**fields: Any) -> None:
    """A job has come further."""
    services.record_training(
        TrainingTold(**{**fields, "records": tuple(fields["records"])})
    )


@app.task(name=RECORD_TRAINING_END)  # type: ignore[untyped-decorator]
def record_training_end(**fields: Any) -> None:
    """An attempt has come to its end."""
    services.record_end(TrainingEnded.from_fields(**fields))


@app.task(name="webapp.finetuning.sweep")  # type: ignore[untyped-decorator]
def sweep() -> None:
    """Send what waits and find what was lost."""
    services.sweep_jobs()
    forget_old(FineTuneKey)


app.add_periodic_task(
    settings.SWEEP_SECONDS,
    sweep.s(),
    name="webapp.finetuning.sweep",
    expires=settings.SWEEP_SECONDS,
)
