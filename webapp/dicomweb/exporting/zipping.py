"""`zipped`: files as one ZIP while they are made, so that memory stays flat."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, cast

PIECE_BYTES = 2**20
DATE = (1980, 1, 1, 0, 0, 0)
"""The format's first: when a copy was made is of no importance."""


class Sink:
    """Takes what the archive writes until it is sent on; cannot seek."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """There is nothing behind it."""

    def taken(self) -> bytes:
        """All since the last time."""
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


Member = tuple[str, "Path | bytes"]


def zipped(members: Iterator[AbstractContextManager[Member | None]]) -> Iterator[bytes]:
    """The archive's bytes; each member is opened when its turn comes, None is none."""
    sink = Sink()
    # The archive asks a file that cannot seek for nothing but `write` and `flush`.
    with zipfile.ZipFile(cast(BinaryIO, sink), "w") as archive:
        for opened in members:
            with opened as member:
                if member is not None:
                    yield from _added(archive, sink, *member)
    yield sink.taken()


def _added(
    archive: zipfile.ZipFile, sink: Sink, name: str, content: Path | bytes
) -> Iterator[bytes]:
    entry = zipfile.ZipInfo(name, DATE)
    with archive.open(entry, "w", force_zip64=True) as target:
        if isinstance(content, bytes):
            target.write(content)
            return
        with content.open("rb") as source:
            while piece := source.read(PIECE_BYTES):
                target.write(piece)
                yield sink.taken()
