"""The body of an ASGI request, a piece at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from dragonfly.errors import DragonflyError

Receive = Callable[[], Awaitable[dict[str, Any]]]

PIECE_BYTES = 2**20
IDLE_S = 20.0
"""So long may nothing come before the sender counts as gone: a laptop that sleeps in
mid-request leaves its connection open and would hold its upload for ever."""


class SenderGoneError(Exception):
    """The connection ended before the body did."""


async def pieces(receive: Receive, idle_s: float = IDLE_S) -> AsyncIterator[bytes]:
    """Pieces of about `PIECE_BYTES`; what came before the sender went is yielded too.

    Raises:
        SenderGoneError: closed, or silent for `idle_s`.
    """
    held: list[bytes] = []
    length = yielded = 0
    more = True
    while more:
        message = await _next(receive, idle_s)
        is_gone = message["type"] == "http.disconnect"
        more = not is_gone and message.get("more_body", False)
        held.append(message.get("body", b""))
        length += len(held[-1])
        # A body without bytes is one empty piece; after the last byte there is none.
        if length >= PIECE_BYTES or (not more and (length or not yielded)):
            yielded += 1
            yield b"".join(held)
            held, length = [], 0
        if is_gone:
            raise SenderGoneError


async def whole(receive: Receive, limit: int, idle_s: float = IDLE_S) -> bytes:
    """The whole body, if it is no longer than `limit`.

    Raises:
        SenderGoneError: it did not all come.
        DragonflyError: `UPLOAD_TOO_LARGE`.
    """
    found: list[bytes] = []
    length = 0
    async for piece in pieces(receive, idle_s):
        found.append(piece)
        length += len(piece)
        if length > limit:
            raise DragonflyError(
                "UPLOAD_TOO_LARGE",
                f"A request with a checksum may carry {limit // 2**20} MiB at most. "
                "Send smaller chunks.",
            )
    return b"".join(found)


async def _next(receive: Receive, idle_s: float) -> dict[str, Any]:
    try:
        async with asyncio.timeout(idle_s):
            return await receive()
    except TimeoutError:
        return {"type": "http.disconnect"}
