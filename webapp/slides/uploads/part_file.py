"""`PartFile`: the bytes of one upload so far, on disk.

Its length is the offset: nothing else says how much has arrived, so that a process may
die at any moment and the next one goes on from the truth. Filesystems extend a file
only after the data are there, so a power cut cannot leave a hole that counts as data.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from dragonfly.errors import DragonflyError

_RETRY_S = 0.05
STRIPE_BYTES = 8 * 2**20


class LockedError(DragonflyError):
    """Another request writes to this upload just now."""

    def __init__(self) -> None:
        super().__init__(
            "UPLOAD_LOCKED",
            "Another connection is sending this file just now. Try again in a moment.",
        )


class PartFile:
    """The file of one upload; `append` needs the lock, which dies with its holder."""

    def __init__(self, upload_id: uuid.UUID | str) -> None:
        self.path = Path(settings.UPLOAD_FOLDER) / f"{upload_id}.part"

    @property
    def size(self) -> int:
        """Bytes that have arrived; 0 where there is no file."""
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return 0

    def create(self) -> None:
        """Make the empty file."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.touch(exist_ok=False)

    def remove(self) -> None:
        """Delete the file; a second time changes nothing."""
        self.path.unlink(missing_ok=True)

    @contextmanager
    def locked(self, wait_s: float = 0.0) -> Iterator[int]:
        """Hold the only right to write; yields the file's descriptor.

        Raises:
            LockedError: somebody else holds it for longer than `wait_s`.
            FileNotFoundError: the upload was ended meanwhile.
        """
        handle = self.lock(wait_s)
        try:
            yield handle
        finally:
            os.close(handle)

    def lock(self, wait_s: float = 0.0) -> int:
        """As `locked`; the lock ends when the descriptor is closed."""
        handle = os.open(self.path, os.O_RDWR | os.O_CLOEXEC)
        try:
            _flock(handle, wait_s)
            if os.fstat(handle).st_nlink == 0:
                raise FileNotFoundError(self.path)
        except BaseException:
            os.close(handle)
            raise
        return handle


def _flock(handle: int, wait_s: float) -> None:
    deadline = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise LockedError from None
            time.sleep(_RETRY_S)
        else:
            return


def append(handle: int, offset: int, data: bytes) -> None:
    """Write all of `data` at `offset`.

    Raises:
        DragonflyError: `DISK_FULL`.
    """
    rest, begun = memoryview(data), offset
    try:
        while rest:
            written = os.pwrite(handle, rest, offset)
            rest, offset = rest[written:], offset + written
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise disk_full() from None
        raise
    _store_stripes(handle, begun, offset)


def _store_stripes(handle: int, begun: int, end: int) -> None:
    """Have the system begin to store each stripe of which this is the last piece.

    Linux does so when it is told that the pages are not needed; it keeps those that are
    on their way to the disk. Nobody waits here, and the sync at the end has less to do.
    """
    first, last = begun // STRIPE_BYTES, end // STRIPE_BYTES
    if first == last or not hasattr(os, "posix_fadvise"):
        return
    place, length = first * STRIPE_BYTES, (last - first) * STRIPE_BYTES
    os.posix_fadvise(handle, place, length, os.POSIX_FADV_DONTNEED)


def disk_full() -> DragonflyError:
    """The words for a full disk."""
    return DragonflyError(
        "DISK_FULL",
        "There is not enough room on the server for this. Ask an administrator to make "
        "room, then go on with the same file.",
    )
