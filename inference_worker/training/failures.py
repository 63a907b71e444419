"""Why a trainer ended: a code and a sentence, from what it left behind."""

from __future__ import annotations

import re
import signal

TOLD = re.compile(r"^([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+): (\S.*)$", re.MULTILINE)
MEMORY = re.compile(
    r"OutOfMemoryError|CUDA out of memory|can't allocate memory|MemoryError"
)
LOWER = (
    "Lower the examples at once or the longest text, or choose a preset that trains "
    "fewer weights."
)
DISK_FULL = (
    "DISK_FULL",
    "The disk is nearly full, so the job was ended before it could fill it. Free some "
    "space, then resume the job: its last checkpoint is kept.",
)
KILLED = (
    "TRAINER_KILLED",
    "The trainer was killed again and again, most often because the machine ran out "
    f"of memory. {LOWER}",
)


def reason(status: int, log: str) -> tuple[str, str]:
    """Code and sentence of a process that ended with `status`."""
    if MEMORY.search(log):
        return "OUT_OF_MEMORY", f"The device ran out of memory. {LOWER}"
    if status == -signal.SIGKILL:
        return KILLED
    if said := TOLD.findall(log):
        return str(said[-1][0]), str(said[-1][1])
    return (
        "TRAINER_CRASHED",
        "The trainer ended unexpectedly. Its log says more; an administrator can "
        "resume the job from its last checkpoint.",
    )
