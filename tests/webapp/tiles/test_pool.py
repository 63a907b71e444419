"""Open slides are shared, bounded, and never closed under a reader."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from dragonfly.errors import SlideError
from webapp.slides.tiles.pool import SlideKey, SlidePool


class Opened:
    """Stands for slides and remembers which are open."""

    def __init__(self, held_bytes: int = 1) -> None:
        self.open: list[str] = []
        self.times = 0
        self.held_bytes = held_bytes
        self.slow = threading.Event()
        self.slow.set()

    def __call__(self, key: SlideKey) -> Any:
        self.slow.wait(5)
        self.times += 1
        self.open.append(key.path.name)

        def close() -> None:
            self.open.remove(key.path.name)

        return SimpleNamespace(
            close=close, held_bytes=self.held_bytes, unreadable_tiles=0
        )


def key(name: str) -> SlideKey:
    return SlideKey(Path(name), b"")


def read(pool: SlidePool, *names: str) -> None:
    for name in names:
        with pool.reading(key(name)):
            pass


def test_the_slide_unused_for_longest_is_closed_first() -> None:
    opened = Opened()
    pool = SlidePool(2, 100, opened)
    read(pool, "a", "b", "a", "c")
    assert sorted(opened.open) == ["a", "c"]
    assert len(pool) == 2


def test_memory_is_bounded_too() -> None:
    opened = Opened(held_bytes=40)
    read(SlidePool(10, 100, opened), "a", "b", "c", "d")
    assert opened.open == ["c", "d"]


def test_a_slide_larger_than_the_pool_is_shown_all_the_same() -> None:
    opened = Opened(held_bytes=400)
    read(SlidePool(10, 100, opened), "a", "b")
    assert opened.open == ["b"]


def test_a_slide_that_is_read_is_closed_only_afterwards() -> None:
    opened = Opened()
    pool = SlidePool(1, 100, opened)
    with pool.reading(key("a")):
        read(pool, "b")
        assert sorted(opened.open) == ["a", "b"]
    assert opened.open == ["b"]


def test_a_slide_is_opened_once_however_many_wait_for_it() -> None:
    opened = Opened()
    opened.slow.clear()
    pool = SlidePool(4, 100, opened)
    with ThreadPoolExecutor(8) as threads:
        reads = [threads.submit(read, pool, "a") for _ in range(8)]
        opened.slow.set()
        for done in reads:
            done.result()
    assert opened.times == 1


def test_a_slide_that_fails_to_open_is_tried_again_after_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tries: list[SlideKey] = []

    def fail(key: SlideKey) -> Any:
        tries.append(key)
        raise SlideError("FORMAT_CORRUPT", "Broken.")

    pool = SlidePool(4, 100, fail)
    for _ in range(3):
        with pytest.raises(SlideError):
            read(pool, "a")
    assert len(tries) == 1
    monkeypatch.setattr("webapp.slides.tiles.pool.TRY_AGAIN_SECONDS", 0.0)
    with pytest.raises(SlideError):
        read(pool, "a")
    assert len(tries) == 2


def test_what_is_not_open_is_not_waited_for() -> None:
    assert SlidePool(4, 100, Opened()).take(key("a")) is None


def test_closing_the_pool_closes_every_slide() -> None:
    opened = Opened()
    pool = SlidePool(4, 100, opened)
    read(pool, "a", "b")
    with pool.reading(key("c")):
        pool.close()
        assert opened.open == ["c"]
    assert opened.open == []


def test_many_threads_leave_no_slide_open_behind() -> None:
    opened = Opened()
    pool = SlidePool(3, 100, opened)
    with ThreadPoolExecutor(8) as threads:
        for done in [
            threads.submit(read, pool, *("abcdefgh"[i % 8 :])) for i in range(200)
        ]:
            done.result()
    assert len(opened.open) == len(pool) == 3
    pool.close()
    assert opened.open == []
