"""What happens to a slide, for the pages that watch it."""

from __future__ import annotations

import logging
import uuid
from typing import Any

from redis.exceptions import RedisError

from webapp.event_stream import append

log = logging.getLogger(__name__)


def slide_stream(slide_id: uuid.UUID | str) -> str:
    """Key of the slide's events: state, step, ready and failed."""
    return f"slide:{slide_id}:events"


def tell(slide_id: uuid.UUID, kind: str, **data: Any) -> None:
    """Append one event; the row is the truth, so a silent queue stops nothing."""
    try:
        append(slide_stream(slide_id), kind, data)
    except RedisError:
        log.warning("No event %s of slide %s could be told.", kind, slide_id)
