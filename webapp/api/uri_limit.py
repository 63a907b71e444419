"""`UriLimit`: an address beyond 8 KiB is refused before anything reads it."""

from __future__ import annotations

import json
from http import HTTPStatus

from webapp.api.body_limit import Application, Receive, Scope, Send
from webapp.api.problems import CONTENT_TYPE, problem

MOST_BYTES = 8192
DETAIL = (
    f"An address may have {MOST_BYTES} bytes at most. Ask for less at once, or send "
    "the search as a form where that is offered."
)


class UriLimit:
    """Hands on what is short enough; answers 414 itself otherwise."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _length(scope) > MOST_BYTES:
            await _refuse(send)
            return
        await self._application(scope, receive, send)


def _length(scope: Scope) -> int:
    """As it came: escaped, with its query."""
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    return len(path) + len(scope["query_string"])


async def _refuse(send: Send) -> None:
    status = HTTPStatus.REQUEST_URI_TOO_LONG
    body = json.dumps(problem(status, "URI_TOO_LONG", DETAIL)).encode()
    headers = [
        (b"content-type", CONTENT_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    start = {"type": "http.response.start", "status": int(status), "headers": headers}
    await send(start)
    await send({"type": "http.response.body", "body": body})
