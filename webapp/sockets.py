"""A socket that shows one record's events: all that were, then each as it comes.

It authenticates, replays from the last event that the page saw, follows, says that it
is still there when nothing happens, and looks at the row from time to time: whether the
person may still see it, and whether it has ended without the stream saying so.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.contrib.auth import get_user_model

from webapp.event_stream import BEGINNING, StreamEvent, follow, known_id

log = logging.getLogger(__name__)
LOOK_SECONDS = 5.0
HEARTBEAT_SECONDS = 15.0
NOT_FOUND, NO_PERMISSION = 4404, 4403


@dataclass(frozen=True)
class Look:
    """What the row says just now."""

    stream: str
    """Key of the record's events."""
    has_ended: bool
    """Nothing more will happen."""
    events: tuple[StreamEvent, ...] = ()
    """What the stream should have said of the end, for when it does not."""
    heartbeat: dict[str, Any] = field(default_factory=dict)
    """What to say when nothing happens."""


class StreamConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    """The socket of one record; a subclass says how to look at it."""

    ends: frozenset[str] = frozenset()
    """Kinds of event after which nothing comes."""
    _task: asyncio.Task[None] | None = None

    def look(self, user: Any, pk: Any) -> Look | None:
        """What the row says; None when this user may not see it. Runs in a thread."""
        raise NotImplementedError

    async def connect(self) -> None:
        """Accept, or answer that there is nothing here."""
        seen = await self._look()
        if seen is None:
            await self._refuse()
            return
        query = parse_qs(self.scope["query_string"].decode(errors="replace"))
        after = known_id(query.get("after", [""])[0])
        await self.accept()
        self._task = asyncio.create_task(self._run(seen, after))

    async def disconnect(self, code: int) -> None:
        """The page went away, or the record ended."""
        task = self._task
        if task is not None and task is not asyncio.current_task():
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        """A page has nothing to say here."""

    async def _run(self, seen: Look, after: str) -> None:
        try:
            code = await self._show(seen, after)
            reason = "NO_PERMISSION" if code == NO_PERMISSION else None
            await self.close(code, reason)
        except Exception:
            log.exception("A socket failed.")
            await self.close(1011)

    async def _show(self, seen: Look, after: str) -> int:
        """Send events until the end; returns the code to close with."""
        looked_at = sent_at = time.monotonic()
        # A stream that has ended and expired says nothing, so do not wait for it.
        quiet_s = 0.2 if seen.has_ended else LOOK_SECONDS
        async with aclosing(follow(seen.stream, after, quiet_s)) as events:
            async for event in events:
                if event is not None:
                    await self._send(event.fields())
                    sent_at, after = time.monotonic(), event.id
                    if event.kind in self.ends:
                        return 1000
                if event is not None and time.monotonic() < looked_at + LOOK_SECONDS:
                    continue
                now = await self._look()
                looked_at = time.monotonic()
                if now is None:
                    return NO_PERMISSION
                if event is None and now.has_ended:
                    await self._tell_end(now, is_new=after == BEGINNING)
                    return 1000
                if looked_at >= sent_at + HEARTBEAT_SECONDS:
                    await self._send({"kind": "heartbeat", **now.heartbeat})
                    sent_at = looked_at
        return 1011

    async def _tell_end(self, now: Look, is_new: bool) -> None:
        """Everything for a page that has seen nothing; else the very end alone."""
        for event in now.events if is_new else now.events[-1:]:
            await self._send(event.fields())

    async def _send(self, fields: dict[str, Any]) -> None:
        await self.send(text_data=json.dumps(fields))

    async def _look(self) -> Look | None:
        found: Look | None = await database_sync_to_async(self._look_as_person)()
        return found

    def _look_as_person(self) -> Look | None:
        """As the person is now: signed out or closed meanwhile means nothing to see."""
        session = self.scope.get("session")
        if session is None or not session.exists(session.session_key or ""):
            return None
        people = get_user_model()._default_manager
        user = people.filter(pk=self.scope["user"].pk, is_active=True).first()
        if user is None:
            return None
        return self.look(user, self.scope["url_route"]["kwargs"]["pk"])

    async def _refuse(self) -> None:
        """404 where the server can say so (ASGI websocket.http.response)."""
        if "websocket.http.response" not in self.scope.get("extensions", {}):
            await self.close(NOT_FOUND)
            return
        kind = "websocket.http.response"
        await self.base_send({"type": f"{kind}.start", "status": 404, "headers": []})
        await self.base_send({"type": f"{kind}.body", "body": b""})
