"""`Parts`: a multipart/related body (RFC 2387) cut into parts while it comes.

Nothing is held but the piece at hand and the beginning of a part's headers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from webapp.dicomweb.answers import Refused

HEADER_BYTES = 4096
BOUNDARY_LENGTH = 70


class Begin(NamedTuple):
    """A part begins; its header fields by lower-case name."""

    headers: dict[str, str]


class Data(NamedTuple):
    """Bytes of the part."""

    data: bytes


class End(NamedTuple):
    """The part is whole."""


Event = Begin | Data | End


class Parts:
    """Push pieces in, get events out.

    Raises:
        Refused: 400, the boundary is not one.
    """

    def __init__(self, boundary: str) -> None:
        if not 0 < len(boundary) <= BOUNDARY_LENGTH or not boundary.isascii():
            raise Refused(400, "The body's boundary is missing or not one (RFC 2046).")
        self._mark = b"\r\n--" + boundary.encode()
        # The first boundary may stand at the very beginning.
        self._held = bytearray(b"\r\n")
        self._is_first = True
        self._state = self._before

    def feed(self, piece: bytes) -> Iterator[Event]:
        """The events that this piece brings.

        Raises:
            Refused: 400, the headers of a part are too long.
        """
        self._held += piece
        more = True
        while more:
            more, event = self._state()
            if event is not None:
                yield event

    @property
    def is_whole(self) -> bool:
        """The closing boundary has come."""
        return self._state == self._after

    def _before(self) -> tuple[bool, Event | None]:
        return self._skip_to_mark(), None

    def _skip_to_mark(self) -> bool:
        at = self._held.find(self._mark)
        if at < 0:
            del self._held[: max(0, len(self._held) - len(self._mark))]
            return False
        del self._held[: at + len(self._mark)]
        self._state = self._at_mark
        return True

    def _at_mark(self) -> tuple[bool, Event | None]:
        if len(self._held) < 2:
            return False, None
        if self._held.startswith(b"--"):
            self._state = self._after
            return True, None
        end = self._held.find(b"\r\n")
        if end < 0 and len(self._held) < BOUNDARY_LENGTH:
            return False, None
        if self._held[: max(0, end)].strip(b" \t") or end < 0:
            raise Refused(400, "A boundary of the body is followed by other text.")
        # Its line end also begins an empty block of headers.
        del self._held[:end]
        self._state = self._in_headers
        return True, None

    def _in_headers(self) -> tuple[bool, Event | None]:
        end = self._held.find(b"\r\n\r\n")
        if end > HEADER_BYTES or (end < 0 and len(self._held) > HEADER_BYTES + 4):
            raise Refused(400, "The headers of a part are longer than 4 KiB.")
        if end < 0:
            return False, None
        text = bytes(self._held[2:end]).decode("latin-1")
        del self._held[: end + 2]
        self._state = self._in_body
        # Two bytes stay, so that a boundary may follow an empty body at once.
        self._is_first = True
        return True, Begin(_fields(text))

    def _in_body(self) -> tuple[bool, Event | None]:
        at = self._held.find(self._mark)
        if at < 0:
            data = self._taken(len(self._held) - len(self._mark))
            return False, Data(data) if data else None
        if data := self._taken(at):
            return True, Data(data)
        # Of an empty body the line end may be still there, or be the boundary's own.
        del self._held[: self._held.find(self._mark) + len(self._mark)]
        self._state = self._at_mark
        return True, End()

    def _taken(self, length: int) -> bytes:
        """The first bytes of what is held, without the line end of the headers."""
        if self._is_first:
            if length < 2:
                return b""
            del self._held[:2]
            length -= 2
            self._is_first = False
        data = bytes(self._held[: max(0, length)])
        del self._held[: len(data)]
        return data

    def _after(self) -> tuple[bool, Event | None]:
        self._held.clear()
        return False, None


def _fields(text: str) -> dict[str, str]:
    lines = (line.partition(":") for line in text.split("\r\n") if ":" in line)
    return {name.strip().lower(): value.strip() for name, _, value in lines}
