"""What a process that reads a stranger's file may use; set by itself, kept for ever."""

from __future__ import annotations

import ctypes
import resource

MEMORY_BYTES = 2 * 2**30
CPU_S = 60
WALL_S = 90
OPEN_FILES = 64
_NO_NEW_PRIVILEGES = 38
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000


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
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    libc.unshare(_NEW_USER | _NEW_NETWORK)
    _limit(resource.RLIMIT_AS, MEMORY_BYTES)


def _limit(what: int, value: int) -> None:
    hard = resource.getrlimit(what)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(what, (value, value))
