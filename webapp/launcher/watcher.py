"""Ends the children of a launcher that is gone, even one that was killed.

A process of its own, which reads the launcher's notes from its standard input: "+12" a
process group began, "-12" it ended. The end of the input is the end of the launcher,
however it came; then every group still noted gets SIGTERM and, soon, SIGKILL. Unlike a
signal asked of the kernel, this reaches the children's children.
Standard library only, so that it starts at once.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterable

GRACE_S = 3.0


def groups_left(notes: Iterable[str]) -> set[int]:
    """The groups that began and did not end, when there are no more notes."""
    left: set[int] = set()
    for note in notes:
        group = int(note[1:])
        (left.add if note[0] == "+" else left.discard)(group)
    return left


def end_groups(groups: Iterable[int], grace_s: float = GRACE_S) -> None:
    """Ask the first process of each group to stop; after the grace, kill the group."""
    left = set(groups)
    for group in left:
        # Its leader alone: a pool's children that heard it too would drop their work.
        _signalled(os.kill, group, signal.SIGTERM)
    until = time.monotonic() + grace_s
    while left and time.monotonic() < until:
        left = {group for group in left if _signalled(os.killpg, group, 0)}
        time.sleep(0.05)
    for group in left:
        _signalled(os.killpg, group, signal.SIGKILL)


def _signalled(send: Callable[[int, int], None], group: int, what: int) -> bool:
    """Whether there was somebody to send it to."""
    try:
        send(group, what)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def main() -> None:
    """Wait for the launcher's end; Ctrl-C is the launcher's to hear."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_groups(groups_left(sys.stdin))


if __name__ == "__main__":
    main()
