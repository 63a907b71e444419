"""What workers tell, and the clock, from the web queue."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from inference_worker.messages import RECORD_PROGRESS, RECORD_REPLY, Progressed, Reply
from webapp.celery import app
from webapp.questions import services


@app.task(name=RECORD_PROGRESS)  # type: ignore[untyped-decorator]
def record_progress(**fields: Any) -> None:
    """A worker has reached a state."""
    services.record_progress(Progressed(**fields))


@app.task(name=RECORD_REPLY)  # type: ignore[untyped-decorator]
def record_reply(**fields: Any) -> None:
    """A worker has come to an end."""
    services.record_reply(Reply.from_fields(**fields))


@app.task(name="webapp.questions.resend_lost_questions")  # type: ignore[untyped-decorator]
def resend_lost_questions() -> None:
    """Once every `SWEEP_SECONDS`; one that waited longer is not worth doing."""
    services.resend_lost_questions()


app.add_periodic_task(
    settings.SWEEP_SECONDS,
    resend_lost_questions.s(),
    name="resend lost questions",
    expires=settings.SWEEP_SECONDS,
)
