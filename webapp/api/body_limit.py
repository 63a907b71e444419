"""`BodyLimit`: no request body grows beyond a limit, however it is announced.

In front of Django, which under ASGI writes a whole body to a temporary file before any
view or permission is asked: without a limit, anyone could fill the disk.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from webapp.api.problems import CONTENT_TYPE, problem

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class BodyLimit:
    """Hands requests on; answers 413 itself once a body is longer than `most_bytes`."""

    def __init__(self, application: Application, most_bytes: int) -> None:
        self._application = application
        self._most_bytes = most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if _announced(scope) > self._most_bytes:
            await self._refuse(send)
            return
        exchange = _Exchange(receive, send, self._most_bytes)
        await self._application(scope, exchange.receive, exchange.send)
        if exchange.is_too_long and not exchange.is_answered:
            await self._refuse(send)

    async def _refuse(self, send: Send) -> None:
        detail = (
            f"A request of this kind may carry {self._most_bytes / 2**20:.3g} MiB at "
            "most. Files go to /api/v1/uploads."
        )
        status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        body = json.dumps(problem(status, "REQUEST_TOO_LARGE", detail)).encode()
        headers = {
            "Content-Type": CONTENT_TYPE,
            "Content-Length": str(len(body)),
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            # What is still under way is not read, so nothing else can follow it.
            "Connection": "close",
        }
        pairs = [(k.lower().encode(), v.encode()) for k, v in headers.items()]
        start = {"type": "http.response.start", "status": int(status)}
        await send({**start, "headers": pairs})
        await send({"type": "http.response.body", "body": body})


class _Exchange:
    """One request and its answer; a sender of too much seems to have gone.

    Django then throws away what it had, and answers nothing.
    """

    def __init__(self, receive: Receive, send: Send, most_bytes: int) -> None:
        self._receive = receive
        self._send = send
        self._left = most_bytes
        self.is_answered = False

    @property
    def is_too_long(self) -> bool:
        return self._left < 0

    async def receive(self) -> Message:
        if self._left >= 0:
            message = await self._receive()
            self._left -= len(message.get("body", b""))
            if self._left >= 0:
                return message
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.is_answered = True
        await self._send(message)


def _announced(scope: Scope) -> int:
    """Bytes by the Content-Length header; 0 where there is none."""
    text = dict(scope["headers"]).get(b"content-length", b"")
    return int(text) if text.isdigit() else 0
