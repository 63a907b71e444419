"""`leave_network`: what a process does before it opens a stranger's file."""

from __future__ import annotations

import ctypes

_LIBC = ctypes.CDLL(None)
_NO_NEW_PRIVILEGES = 38
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000


def leave_network() -> None:
    """Take this process's network and its way to more rights, for ever.

    The network goes only where the kernel lets an ordinary user do that.
    """
    _LIBC.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    _LIBC.unshare(_NEW_USER | _NEW_NETWORK)
