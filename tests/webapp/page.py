"""A page's end of a socket, without a server."""

from __future__ import annotations

import json
from typing import Any

from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.test import Client

from webapp.asgi import application

PATIENCE_S = 60


class Page:
    """Connects to the site as the signed-in `client` does."""

    def __init__(
        self,
        path: str,
        client: Client,
        origin: str = "http://localhost",
        extensions: dict[str, Any] | None = None,
    ) -> None:
        name = settings.SESSION_COOKIE_NAME
        cookie = client.cookies.get(name)
        path, _, query = path.partition("?")
        scope = {
            "type": "websocket",
            "path": path,
            "query_string": query.encode(),
            "headers": [
                (b"cookie", f"{name}={cookie.value if cookie else ''}".encode()),
                (b"origin", origin.encode()),
                (b"host", b"localhost"),
            ],
            "subprotocols": [],
            "extensions": extensions or {},
        }
        # Its methods have no annotations.
        self.site: Any = ApplicationCommunicator(application, scope)  # type: ignore[no-untyped-call]

    async def knock(self) -> dict[str, Any]:
        """Ask to connect; what the site answers."""
        await self.site.send_input({"type": "websocket.connect"})
        return dict(await self.site.receive_output(PATIENCE_S))

    async def connect(self) -> None:
        """Connect.

        Raises:
            AssertionError: the site refused.
        """
        answer = await self.knock()
        assert answer["type"] == "websocket.accept", answer

    async def next_event(self, *but: str) -> dict[str, Any]:
        """The next event of another kind than these."""
        while True:
            message = await self.site.receive_output(PATIENCE_S)
            assert message["type"] == "websocket.send", message
            event: dict[str, Any] = json.loads(message["text"])
            if event["kind"] not in but:
                return event

    async def closed_with(self) -> int:
        """The code with which the site closes, whatever it still tells before."""
        while True:
            message = await self.site.receive_output(PATIENCE_S)
            if message["type"] == "websocket.close":
                return int(message["code"])

    async def leave(self) -> None:
        """Close the page."""
        await self.site.send_input({"type": "websocket.disconnect", "code": 1001})
        await self.site.wait(PATIENCE_S)
