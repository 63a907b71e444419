"""Answers of any length, a piece at a time: memory stays flat and nothing is copied."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse

PIECE_BYTES = 2**18


class Span(NamedTuple):
    """Bytes of a file."""

    path: Path
    at: int
    length: int

    def pieces(self) -> Iterator[bytes]:
        """The bytes."""
        with self.path.open("rb") as file:
            file.seek(self.at)
            left = self.length
            while left > 0 and (piece := file.read(min(left, PIECE_BYTES))):
                left -= len(piece)
                yield piece


class Part(NamedTuple):
    """One part of an answer: what it is, where it is to be had, and its bytes."""

    kind: str
    location: str
    spans: tuple[Span, ...]

    @property
    def inner(self) -> str:
        """Its media type without parameters."""
        return self.kind.partition(";")[0]

    @property
    def length(self) -> int:
        return sum(span.length for span in self.spans)


class Pieces(StreamingHttpResponse):
    """Pieces made by a plain iterator, each in a thread while the server sends.

    Django would collect all of them before the first one is sent.
    """

    async def _sent_by_a_thread(self) -> AsyncIterator[bytes]:
        pieces = iter(self)
        following = sync_to_async(lambda: next(pieces, None), thread_sensitive=False)
        while (piece := await following()) is not None:
            yield piece

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._sent_by_a_thread()


def whole(part: Part) -> Pieces:
    """An answer that is one part without a multipart around it."""
    response = Pieces(_bytes_of(part), content_type=part.kind)
    response.headers["Content-Length"] = str(part.length)
    response.headers["Content-Location"] = part.location
    return response


def multipart(parts: Iterable[Part], inner: str) -> Pieces:
    """Several parts as multipart/related (RFC 2387).

    Args:
        inner: the media type of the parts, without parameters.
    """
    boundary = uuid.uuid4().hex
    kind = f'multipart/related; type="{inner}"; boundary={boundary}'
    return Pieces(_bytes_between(parts, boundary), content_type=kind)


def _bytes_of(part: Part) -> Iterator[bytes]:
    for span in part.spans:
        yield from span.pieces()


def _bytes_between(parts: Iterable[Part], boundary: str) -> Iterator[bytes]:
    for part in parts:
        yield head_of(part, boundary)
        yield from _bytes_of(part)
        yield b"\r\n"
    yield f"--{boundary}--\r\n".encode()


def head_of(part: Part, boundary: str) -> bytes:
    """The boundary before a part, and the part's header fields."""
    return (
        f"--{boundary}\r\nContent-Type: {part.kind}\r\n"
        f"Content-Length: {part.length}\r\n"
        f"Content-Location: {part.location}\r\n\r\n"
    ).encode()
