"""What a process that reads a stranger's file may use; set by itself, kept for ever."""

from __future__ import annotations

import resource

from dragonfly.offline import leave_network

MEMORY_BYTES = 2 * 2**30
CPU_S = 60
WALL_S = 90
OPEN_FILES = 64


def close_fence(file_bytes: int) -> None:
    """Limit memory, time and files of this process and take its network away.

    The network goes only where the kernel lets an ordinary user do that.

    Args:
        file_bytes: the largest file that may be written.
    """
    _limit(resource.RLIMIT_CPU, CPU_S)
    _limit(resource.RLIMIT_FSIZE, file_bytes)
    _limit(resource.RLIMIT_NOFILE, OPEN_FILES)
    _limit(resource.RLIMIT_CORE, 0)
    leave_network()
    _limit(resource.RLIMIT_AS, MEMORY_BYTES)


def _limit(what: int, value: int) -> None:
    hard = resource.getrlimit(what)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(what, (value, value))
