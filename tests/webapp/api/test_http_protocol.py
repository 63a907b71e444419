"""Head and body of an answer leave together, and nothing waits or gets lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from webapp.http_protocol import JoiningTransport


class Bare(asyncio.Transport):
    """Notes each write; `|` marks where the connection was closed."""

    def __init__(self) -> None:
        self.written: list[bytes] = []

    def write(self, data: Any) -> None:
        self.written.append(bytes(data))

    def writelines(self, list_of_data: Any) -> None:
        self.written.append(b"".join(list_of_data))

    def close(self) -> None:
        self.written.append(b"|")

    abort = close

    def is_closing(self) -> bool:
        return b"|" in self.written


def written(*uses: Callable[[JoiningTransport], None]) -> list[bytes]:
    """What reached the system, a piece for each call, once the loop has turned."""
    bare = Bare()

    async def turn() -> None:
        transport = JoiningTransport(bare, asyncio.get_running_loop())
        for use in uses:
            use(transport)
        await asyncio.sleep(0)

    asyncio.run(turn())
    return bare.written


def write(data: bytes) -> Callable[[JoiningTransport], None]:
    return lambda transport: transport.write(data)


def test_head_and_body_are_one_write() -> None:
    assert written(write(b"head"), write(b"body")) == [b"headbody"]


def test_a_head_alone_leaves_when_the_loop_turns() -> None:
    assert written(write(b"head")) == [b"head"]


def test_the_order_is_kept() -> None:
    def more(transport: JoiningTransport) -> None:
        transport.writelines([b"2", b"3"])

    assert b"".join(written(write(b"1"), more, write(b"4"))) == b"1234"


def test_what_is_held_is_written_before_the_end() -> None:
    assert written(write(b"bye"), JoiningTransport.close) == [b"bye", b"|"]


def test_after_an_abort_nothing_is_written() -> None:
    assert written(write(b"bye"), JoiningTransport.abort) == [b"|"]
