"""Writes a tiled JPEG TIFF in one pass, tile by tile, in any order of tiles.

Unlike the usual writers it lets many places of a picture point at the same stored
bytes, so a slide's glass is stored a few times, not ten thousand. Classic TIFF 6.0: the
largest synthetic slide stays far below its 4 GiB. Knows no Aperio.
"""

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from dragonfly.geometry import Size

_SHORT, _LONG, _ASCII = 3, 4, 2
_JPEG, _YCBCR = 7, 6
_WIDTHS = {_ASCII: 1, _SHORT: 2, _LONG: 4}


@dataclass(slots=True)
class TiffImage:
    """One picture of the file: in square tiles, or without `tile` as one strip."""

    size: Size
    description: str
    tile: int | None = 256
    places: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)

    def pieces(self) -> list[tuple[int, int]]:
        """Where each tile or strip lies in the file and its length, row by row."""
        side = self.tile or max(self.size.width, self.size.height)
        columns, rows = -(-self.size.width // side), -(-self.size.height // side)
        return [self.places[c, r] for r in range(rows) for c in range(columns)]


class TiffFile:
    """An open file: `put` tiles in any order; leaving `with` writes the directories."""

    def __init__(self, path: Path, images: Sequence[TiffImage]) -> None:
        self._images = images
        self._known: dict[bytes, tuple[int, int]] = {}
        self._file = path.open("wb")
        self._file.write(struct.pack("<2sHI", b"II", 42, 0))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._write_directories()
        self._file.close()

    def put(self, image: int, column: int, row: int, jpeg: bytes) -> None:
        """Store one tile, or point at the same bytes where they are stored already."""
        digest = hashlib.blake2b(jpeg, digest_size=16).digest()
        if digest not in self._known:
            self._known[digest] = (self._append(jpeg), len(jpeg))
        self._images[image].places[column, row] = self._known[digest]

    def _append(self, data: bytes) -> int:
        if self._file.tell() % 2:
            self._file.write(b"\0")
        offset = self._file.tell()
        self._file.write(data)
        return offset

    def _write_directories(self) -> None:
        link = 4
        for image in self._images:
            tags = self._tags(image)
            entries = b"".join(self._entry(*tag) for tag in tags)
            count = struct.pack("<H", len(tags))
            offset = self._append(count + entries + bytes(4))
            end = self._file.tell()
            self._file.seek(link)
            self._file.write(struct.pack("<I", offset))
            self._file.seek(end)
            link = offset + len(count) + len(entries)

    def _tags(self, image: TiffImage) -> list[tuple[int, int, Sequence[int] | bytes]]:
        """Tag, type and values, in the ascending order that TIFF 6.0 demands."""
        pieces = image.pieces()
        offsets = [offset for offset, _ in pieces]
        lengths = [length for _, length in pieces]
        tags: list[tuple[int, int, Sequence[int] | bytes]] = [
            (254, _LONG, [0 if image.tile else 1]),
            (256, _LONG, [image.size.width]),
            (257, _LONG, [image.size.height]),
            (258, _SHORT, [8, 8, 8]),
            (259, _SHORT, [_JPEG]),
            (262, _SHORT, [_YCBCR]),
            (270, _ASCII, image.description.encode("ascii") + b"\0"),
            (277, _SHORT, [3]),
            (284, _SHORT, [1]),
            (530, _SHORT, [2, 2]),
        ]
        if image.tile:
            tags += [(322, _LONG, [image.tile]), (323, _LONG, [image.tile])]
            tags += [(324, _LONG, offsets), (325, _LONG, lengths)]
        else:
            tags += [(273, _LONG, offsets), (279, _LONG, lengths)]
            tags.append((278, _LONG, [image.size.height]))
        return sorted(tags, key=lambda tag: tag[0])

    def _entry(self, tag: int, kind: int, values: Sequence[int] | bytes) -> bytes:
        if isinstance(values, bytes):
            data = values
        else:
            letter = {_SHORT: "H", _LONG: "I"}[kind]
            data = struct.pack(f"<{len(values)}{letter}", *values)
        count = len(data) // _WIDTHS[kind]
        if len(data) > 4:
            data = struct.pack("<I", self._append(data))
        return struct.pack("<HHI", tag, kind, count) + data.ljust(4, b"\0")
