"""The queue of tiles to be made: bounded, and without those nobody waits for."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from webapp.slides.tiles.decoding import BusyError, Decoder, GoneError


async def stay() -> dict[str, Any]:
    await asyncio.sleep(60)
    return {"type": "http.disconnect"}


async def leave() -> dict[str, Any]:
    return {"type": "http.disconnect"}


def test_a_job_s_result_is_handed_back() -> None:
    assert asyncio.run(Decoder().run(lambda: 42, stay)) == 42


def test_an_error_of_a_job_is_raised() -> None:
    def fail() -> int:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        asyncio.run(Decoder().run(fail, stay))


def test_a_body_that_arrives_is_not_a_client_that_leaves() -> None:
    messages = [{"type": "http.request", "body": b""}]

    async def receive() -> dict[str, Any]:
        return messages.pop() if messages else await stay()

    assert asyncio.run(Decoder().run(lambda: 42, receive)) == 42


class Jam:
    """A decoder with one thread that is busy until `release` is set."""

    def __init__(self, max_waiting: int) -> None:
        self.decoder = Decoder(threads=1, max_waiting=max_waiting)
        self.release = threading.Event()
        self.done: list[int] = []

    def job(self, number: int) -> Callable[[], None]:
        def run() -> None:
            self.release.wait(5)
            self.done.append(number)

        return run

    def start(
        self, number: int, receive: Callable[[], Awaitable[dict[str, Any]]] = stay
    ) -> asyncio.Task[None]:
        return asyncio.ensure_future(self.decoder.run(self.job(number), receive))


def test_a_job_whose_client_has_gone_is_not_begun() -> None:
    jam = Jam(max_waiting=5)

    async def scenario() -> None:
        first, second = jam.start(1), jam.start(2, leave)
        with pytest.raises(GoneError):
            await second
        jam.release.set()
        await first

    asyncio.run(scenario())
    jam.decoder.close()
    assert jam.done == [1]


def test_too_many_jobs_are_refused_until_some_are_done() -> None:
    jam = Jam(max_waiting=2)

    async def scenario() -> None:
        tasks = [jam.start(number) for number in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(BusyError):
            await jam.start(3)
        jam.release.set()
        await asyncio.gather(*tasks)
        await asyncio.sleep(0.05)
        await jam.start(4)

    asyncio.run(scenario())
    assert jam.done == [0, 1, 2, 4]


def test_those_who_left_make_room() -> None:
    jam = Jam(max_waiting=1)

    async def scenario() -> None:
        first = jam.start(0)
        with pytest.raises(GoneError):
            await jam.start(1, leave)
        await asyncio.sleep(0.05)
        third = jam.start(2)
        await asyncio.sleep(0)
        jam.release.set()
        await asyncio.gather(first, third)

    asyncio.run(scenario())
    assert jam.done == [0, 2]
