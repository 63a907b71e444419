"""The body of an ASGI request, a piece at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import suppress
from enum import Enum, auto
from typing import Any

from dragonfly.errors import DragonflyError

Receive = Callable[[], Awaitable[dict[str, Any]]]

PIECE_BYTES = 2**20
IDLE_S = 20.0
"""So long may nothing come before the sender counts as gone: a laptop that sleeps in
mid-request leaves its connection open and would hold its upload for ever."""
PIECE_S = 120.0
"""In which a piece has to come, so that a byte a second is no way to hold it, either.
About 9 kB a second is enough."""


class _State(Enum):
    """How a body goes on after a piece."""

    MORE = auto()
    END = auto()
    GONE = auto()


class SenderGoneError(Exception):
    """The connection ended before the body did, or crept."""


async def pieces(
    receive: Receive, idle_s: float = IDLE_S, piece_s: float = PIECE_S
) -> AsyncGenerator[bytes]:
    """Pieces of about `PIECE_BYTES`; what came before the sender went is yielded too.

    Raises:
        SenderGoneError: closed, silent for `idle_s`, or no piece in `piece_s`.
    """
    state, yielded = _State.MORE, 0
    while state is _State.MORE:
        piece, state = await _collect(receive, idle_s, piece_s)
        # A body without bytes is one empty piece; after the last byte there is none.
        if piece or not yielded:
            yielded += 1
            yield piece
    if state is _State.GONE:
        raise SenderGoneError


async def _collect(
    receive: Receive, idle_s: float, piece_s: float
) -> tuple[bytes, _State]:
    """Messages joined until they are a piece, and how it goes on."""
    held: list[bytes] = []
    length = 0
    clock = asyncio.get_running_loop().time
    last = clock() + piece_s
    with suppress(TimeoutError):
        async with asyncio.timeout(min(idle_s, piece_s)) as patience:
            while length < PIECE_BYTES:
                message = await receive()
                if message["type"] == "http.disconnect":
                    break
                held.append(message.get("body", b""))
                length += len(held[-1])
                if not message.get("more_body", False):
                    return b"".join(held), _State.END
                patience.reschedule(min(clock() + idle_s, last))
            else:
                return b"".join(held), _State.MORE
    return b"".join(held), _State.GONE


async def whole(first: bytes, rest: AsyncIterator[bytes], limit: int) -> bytes:
    """All pieces of a body together, if they are no longer than `limit`.

    Raises:
        SenderGoneError: it did not all come.
        DragonflyError: `UPLOAD_TOO_LARGE`.
    """
    found, length = [first], len(first)
    async for piece in rest:
        found.append(piece)
        length += len(piece)
        if length > limit:
            break
    if length <= limit:
        return b"".join(found)
    raise DragonflyError(
        "UPLOAD_TOO_LARGE",
        f"A request with a checksum may carry {limit // 2**20} MiB at most. "
        "Send smaller chunks.",
    )
