"""A request body is taken in pieces and never held whole."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from webapp.slides.uploads.body import PIECE_BYTES, SenderGoneError, pieces


def collect(messages: list[dict[str, Any]], idle_s: float = 5.0) -> list[bytes]:
    found: list[bytes] = []

    async def receive() -> dict[str, Any]:
        if not messages:
            await asyncio.sleep(3600)
        return messages.pop(0)

    async def run() -> None:
        async for piece in pieces(receive, idle_s):
            found.append(piece)

    try:
        asyncio.run(run())
    except SenderGoneError:
        found.append(b"GONE")
    return found


def part(data: bytes, more: bool = True) -> dict[str, Any]:
    return {"type": "http.request", "body": data, "more_body": more}


def test_small_messages_are_joined() -> None:
    assert collect([part(b"a"), part(b"b"), part(b"", more=False)]) == [b"ab"]


def test_a_large_body_comes_in_pieces() -> None:
    half = bytes(PIECE_BYTES // 2 + 1)
    found = collect([part(half), part(half), part(half), part(b"", more=False)])
    assert [len(piece) for piece in found] == [2 * len(half), len(half)]


def test_nothing_follows_the_last_byte() -> None:
    whole = bytes(PIECE_BYTES)
    assert collect([part(whole), part(b"", more=False)]) == [whole]


def test_an_empty_body_is_one_empty_piece() -> None:
    assert collect([part(b"", more=False)]) == [b""]


@pytest.mark.parametrize("end", [[{"type": "http.disconnect"}], []])
def test_what_came_before_the_sender_went_is_kept(end: list[dict[str, Any]]) -> None:
    assert collect([part(b"abc"), *end], idle_s=0.05) == [b"abc", b"GONE"]


def test_a_sender_that_creeps_is_not_waited_for() -> None:
    found: list[bytes] = []

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(0.001)
        return part(b"x")

    async def run() -> None:
        async for piece in pieces(receive, idle_s=60, piece_s=0.2):
            found.append(piece)

    with pytest.raises(SenderGoneError):
        asyncio.run(run())
    assert set(found[0]) == {ord("x")}
