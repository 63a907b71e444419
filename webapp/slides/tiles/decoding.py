"""Threads that decode tiles, and a queue in front of them that does not grow.

What the file stores as asked for never comes here. Here comes what costs a millisecond
or ten of a processor; when more waits than can be done in a few seconds, saying so at
once serves everyone better than a longer queue.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

THREADS = max(2, min(8, os.cpu_count() or 2))
MAX_WAITING = 256
"""Jobs; 64 connections can never fill it, and it is a few seconds of work."""

Result = TypeVar("Result")
Receive = Callable[[], Awaitable[dict[str, Any]]]


class BusyError(Exception):
    """So much waits already that this job was not taken."""


class GoneError(Exception):
    """The client went away before its job was done."""


class Decoder:
    """Runs jobs on a few threads for one event loop."""

    def __init__(self, threads: int = THREADS, max_waiting: int = MAX_WAITING) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="tile")
        self._max_open = threads + max_waiting
        self._open = 0

    async def run(self, job: Callable[[], Result], receive: Receive) -> Result:
        """The result of `job`; a job whose client has gone is not begun.

        Raises:
            BusyError: too many jobs wait.
            GoneError: `receive` said that the client has disconnected.
        """
        if self._open >= self._max_open:
            raise BusyError
        self._open += 1
        future = self._threads.submit(job)
        future.add_done_callback(self._count_down(asyncio.get_running_loop()))
        result = asyncio.wrap_future(future)
        gone = asyncio.ensure_future(_disconnected(receive))
        try:
            either: set[asyncio.Future[Any]] = {result, gone}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if result.done():
                return result.result()
            raise GoneError
        finally:
            gone.cancel()
            result.cancel()

    def close(self) -> None:
        """Begin no other job; those on the threads end by themselves."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _count_down(self, loop: asyncio.AbstractEventLoop) -> Callable[[object], None]:
        def done() -> None:
            self._open -= 1

        def call(_: object) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(done)

        return call


async def _disconnected(receive: Receive) -> None:
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
