"""Sending a slide to its ingest: by name, so that nobody waits for it."""

from __future__ import annotations

import logging
import uuid

from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from webapp.celery import app
from webapp.event_stream import append
from webapp.slides.ingest.events import slide_stream

INGEST_SLIDE = "webapp.slides.ingest_slide"
PATIENCE = {"max_retries": 2, "interval_start": 0.05, "interval_max": 0.2}
log = logging.getLogger(__name__)


def send_ingest(slide_id: uuid.UUID) -> bool:
    """Put the ingest on the web queue; the clock sends again what is lost here."""
    try:
        # First, because a queue that is away says so here within half a second.
        append(slide_stream(slide_id), "state", {"state": "checking"})
        app.send_task(
            INGEST_SLIDE, args=(str(slide_id),), retry=True, retry_policy=PATIENCE
        )
    except (RedisError, OperationalError):
        log.warning("The queue does not answer; slide %s waits.", slide_id)
        return False
    return True
