"""`/ws/slides/<id>`: what happens to a slide while it is prepared."""

from __future__ import annotations

from typing import Any

from webapp.event_stream import StreamEvent
from webapp.slides.models import Slide
from webapp.sockets import Look, StreamConsumer


class SlideConsumer(StreamConsumer):
    """The events of the ingest."""

    ends = frozenset({"ready", "failed"})

    def look(self, user: Any, pk: Any) -> Look | None:
        """The slide's row."""
        slide = Slide.objects.visible_to(user).filter(pk=pk).first()
        if slide is None:
            return None
        stream, state = f"slide:{slide.pk}:events", slide.state
        if slide.is_viewable:
            data = {"state": state, "notes": slide.notes}
            return Look(stream, True, (StreamEvent("0-1", "ready", 1, data),))
        if state == Slide.State.FAILED:
            data = {"code": slide.failure_code, "message": slide.failure_message}
            return Look(stream, True, (StreamEvent("0-1", "failed", 1, data),))
        return Look(stream, False, heartbeat={"state": state, "step": slide.step})
