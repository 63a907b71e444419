"""Memory that is free inside the process, back to the system.

The C library keeps what a question freed, in a heap for each thread that decoded tiles,
and hardly any of it serves the next question: the process would grow with each slide.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from functools import cache


def give_back_freed_memory() -> None:
    """Return free pages of all heaps (malloc_trim(3)); nothing where there is none."""
    trim = _trim()
    if trim is not None:
        trim(0)


@cache
def _trim() -> Callable[[int], int] | None:
    # glibc alone has it; musl and macOS return large blocks by themselves.
    if sys.platform != "linux":
        return None
    return getattr(ctypes.CDLL(None), "malloc_trim", None)
