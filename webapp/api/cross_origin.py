"""Answers that are given in front of Django, for viewers on other origins.

Django's middleware (`corsheaders`) puts the fields of the Fetch standard on its own
answers, and answers what a browser asks before; here they come on everybody else's.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from typing import Any

from django.conf import settings

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Fields = list[tuple[bytes, bytes]]

ALLOWED = b"access-control-allow-origin"
EXPOSED = b"access-control-expose-headers"


class CrossOrigin:
    """`application`, with leave for the pages of these origins to read its answers."""

    def __init__(self, application: Application, origins: Collection[str]) -> None:
        self._application = application
        self._origins = frozenset(origin.encode() for origin in origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._origins or scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        origin = dict(scope["headers"]).get(b"origin", b"")

        async def allow(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                fields = self._with_leave(list(message.get("headers", ())), origin)
                message = {**message, "headers": fields}
            await send(message)

        await self._application(scope, receive, allow)

    def _with_leave(self, fields: Fields, origin: bytes) -> Fields:
        names = {name.lower() for name, _ in fields}
        if ALLOWED in names:
            return fields
        # A copy that a browser kept for one page may be asked for by another.
        fields.append((b"vary", b"origin"))
        if origin in self._origins:
            exposed = ", ".join(settings.CORS_EXPOSE_HEADERS).encode()
            fields += [(ALLOWED, origin), (EXPOSED, exposed)]
        return fields
