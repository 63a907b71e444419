"""Where each frame lies inside encapsulated DICOM pixel data (PS3.5 annex A.4).

Item headers are walked, eight bytes each; the compressed bytes stay in the file.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import BinaryIO

ITEM, END = b"\xfe\xff\x00\xe0", b"\xfe\xff\xdd\xe0"
_JPEG_END = b"\xff\xd9"

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class FrameSpans:
    """The (position, length) of every fragment of every frame."""

    frames: tuple[tuple[Span, ...], ...]

    def read(self, file: BinaryIO, index: int) -> bytes:
        """The joined fragments of frame `index`.

        Raises:
            ValueError: the file has no such frame, or ends within it. Some decoders
                take minutes to give up on a stream that was cut.
        """
        if not 0 <= index < len(self.frames):
            raise ValueError(f"no frame {index}")
        spans = self.frames[index]
        data = b"".join(_bytes_at(file, *span) for span in spans)
        if len(data) < sum(length for _, length in spans):
            raise ValueError(f"frame {index} is cut short")
        return data


def locate_frames(
    file: BinaryIO, frame_count: int, extended_offsets: bytes | None
) -> FrameSpans:
    """Walk the items from the file's position, which is the first item's.

    Frames are told apart by the extended or basic offset table, else by there being
    one fragment each, else by the end marker of a JPEG stream.
    """
    items = list(_items(file))
    if not items:
        return FrameSpans(())
    (table_at, table_length), fragments = items[0], items[1:]
    if frame_count == 1:
        return FrameSpans((tuple(fragments),))
    if len(fragments) == frame_count:
        return FrameSpans(tuple((span,) for span in fragments))
    table = _bytes_at(file, table_at, table_length)
    offsets = _numbers(extended_offsets, "Q") or _numbers(table, "I")
    if len(offsets) == frame_count and fragments:
        return FrameSpans(_by_offset(fragments, offsets))
    return FrameSpans(_by_end_marker(file, fragments))


def _items(file: BinaryIO) -> Iterator[Span]:
    while len(head := file.read(8)) == 8 and head[:4] == ITEM:
        length = struct.unpack("<I", head[4:])[0]
        yield file.tell(), length
        file.seek(length, 1)


def _numbers(table: bytes | None, kind: str) -> list[int]:
    if not table:
        return []
    count = len(table) // struct.calcsize(kind)
    return list(struct.unpack_from(f"<{count}{kind}", table))


def _by_offset(
    fragments: list[Span], offsets: list[int]
) -> tuple[tuple[Span, ...], ...]:
    first = fragments[0][0] - 8
    bounds = [*(first + offset for offset in offsets), fragments[-1][0] + 1]
    return tuple(
        tuple(span for span in fragments if start <= span[0] - 8 < end)
        for start, end in pairwise(bounds)
    )


def _by_end_marker(
    file: BinaryIO, fragments: list[Span]
) -> tuple[tuple[Span, ...], ...]:
    frames: list[tuple[Span, ...]] = []
    current: list[Span] = []
    for at, length in fragments:
        current.append((at, length))
        tail = _bytes_at(file, at + max(0, length - 10), min(10, length))
        if _JPEG_END in tail:
            frames.append(tuple(current))
            current = []
    return tuple(frames)


def _bytes_at(file: BinaryIO, at: int, length: int) -> bytes:
    file.seek(at)
    return file.read(length)
