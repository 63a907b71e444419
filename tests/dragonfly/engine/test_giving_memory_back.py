"""What a question freed goes back to the system when it ends, however it ends."""

import platform

import psutil
import pytest

from dragonfly.engine import Engine
from dragonfly.slide import Slide
from tests.dragonfly.engine.conftest import ask

BLOCK = 100_000
"""Bytes; the C library keeps blocks of this size in its heap."""
BLOCKS = 1_000

pytestmark = pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="malloc_trim is of glibc"
)


def resident_bytes() -> int:
    return int(psutil.Process().memory_info().rss)


@pytest.fixture
def holes() -> tuple[int, bytearray]:
    """Memory in use when the heap was full, and the block above all that was freed."""
    blocks = [bytearray(b"\1" * BLOCK) for _ in range(BLOCKS)]
    last = blocks[-1]
    return resident_bytes(), last


def test_an_answered_question_leaves_no_freed_memory(
    engine: Engine, small_slide: Slide, holes: tuple[int, bytearray]
) -> None:
    ask(engine, small_slide, "Is there necrosis?")
    assert holes[0] - resident_bytes() > BLOCK * BLOCKS / 2


def test_a_closed_question_leaves_no_freed_memory(
    engine: Engine, small_slide: Slide, holes: tuple[int, bytearray]
) -> None:
    events = engine.answer(small_slide, "Is there necrosis?")
    next(events)
    events.close()
    assert holes[0] - resident_bytes() > BLOCK * BLOCKS / 2
