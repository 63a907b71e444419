"""What goes back over ASGI: a tile, "you have it", or why there is none."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeAlias

Scope: TypeAlias = Mapping[str, Any]
Message: TypeAlias = dict[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Headers: TypeAlias = list[tuple[bytes, bytes]]

KEPT_SECONDS = 7 * 24 * 3600
"""A week: a tile never changes, but it shows a patient's tissue."""

_ALWAYS: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
_IMMUTABLE = (b"cache-control", b"private, max-age=%d, immutable" % KEPT_SECONDS)
_FLEETING = (b"cache-control", b"private, no-store")
_JPEG = (b"content-type", b"image/jpeg")
_PROBLEM = (b"content-type", b"application/problem+json")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why there is no tile: a status, a stable code and a sentence."""

    status: HTTPStatus
    code: str
    detail: str
    headers: tuple[tuple[bytes, bytes], ...] = ()

    @property
    def body(self) -> bytes:
        fields = {
            "type": "about:blank",
            "title": self.status.phrase,
            "status": self.status.value,
            "detail": self.detail,
            "code": self.code,
        }
        return json.dumps(fields).encode()


NO_SUCH_TILE = Problem(
    HTTPStatus.NOT_FOUND, "TILE_OUTSIDE", "The slide has no such tile."
)
NOT_SIGNED_IN = Problem(
    HTTPStatus.UNAUTHORIZED,
    "TILE_TOKEN_INVALID",
    "The token for these tiles has expired or is not valid. Ask for a new one.",
    ((b"www-authenticate", b"TileToken"),),
)
SLIDE_GONE = Problem(
    HTTPStatus.GONE, "SLIDE_GONE", "This slide was deleted or replaced."
)
ONLY_GET = Problem(
    HTTPStatus.METHOD_NOT_ALLOWED,
    "METHOD_NOT_ALLOWED",
    "Tiles can only be read.",
    ((b"allow", b"GET, HEAD"),),
)
BUSY = Problem(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "TILES_BUSY",
    "Too many tiles are being made. Try again in a moment.",
    ((b"retry-after", b"1"),),
)
UNREADABLE = Problem(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "SLIDE_UNREADABLE",
    "The slide's file cannot be read at the moment.",
    ((b"retry-after", b"10"),),
)


async def send_tile(
    send: Send, jpeg: bytes, tag: bytes, *, head: bool, keep: bool = True
) -> None:
    """A tile that the browser may keep, or with `keep` false must not."""
    length = b"%d" % len(jpeg)
    headers = [
        _JPEG,
        (b"content-length", length),
        (b"etag", tag),
        _IMMUTABLE if keep else _FLEETING,
        *_ALWAYS,
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if head else jpeg})


async def send_not_modified(send: Send, tag: bytes) -> None:
    """The browser has this tile already."""
    headers = [(b"etag", tag), _IMMUTABLE, *_ALWAYS]
    await send({"type": "http.response.start", "status": 304, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


async def send_problem(send: Send, problem: Problem, *, head: bool) -> None:
    """Why there is no tile, as RFC 9457 has it."""
    body = problem.body
    headers = [
        _PROBLEM,
        (b"content-length", b"%d" % len(body)),
        (b"cache-control", b"no-store"),
        *_ALWAYS,
        *problem.headers,
    ]
    status = problem.status.value
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if head else body})
