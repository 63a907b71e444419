"""`Intake`: the body of one store request, cut into parts while it comes."""

from __future__ import annotations

from typing import Protocol

from django.conf import settings

from webapp.accounts.models import User
from webapp.dicomweb.answers import Refused
from webapp.dicomweb.media import MediaType
from webapp.dicomweb.store.assembling import Pieces
from webapp.dicomweb.store.multipart import Begin, Data, End, Event, Parts
from webapp.dicomweb.store.objects import Objects
from webapp.dicomweb.store.report import StoreReport

DICOM = "application/dicom"
METADATA = ("application/dicom+json", "application/dicom+xml")
ACCEPTED = ", ".join(
    [DICOM, *(f'multipart/related; type="{kind}"' for kind in (DICOM, *METADATA))]
)


class Sink(Protocol):
    """What is done with the parts."""

    def begin(self, headers: dict[str, str]) -> None:
        """A part begins."""

    def write(self, data: bytes) -> None:
        """Bytes of the part."""

    def end(self) -> None:
        """The part is whole."""

    def finish(self) -> None:
        """The body was whole."""

    def close(self) -> None:
        """Forget what is not done."""


class Intake:
    """Takes pieces of a body.

    Raises:
        Refused: 415, the body is of another kind; 400, its boundary is missing.
    """

    def __init__(self, owner: User, kind: MediaType, report: StoreReport) -> None:
        self.report = report
        self._count = self._bytes = 0
        inner = kind.parameters.get("type", "").lower()
        is_plain = kind.name == DICOM
        if not is_plain and (
            not kind.is_multipart or inner not in ("", DICOM, *METADATA)
        ):
            raise Refused(415, f"Send {ACCEPTED}.", {"Accept": ACCEPTED})
        self._parts = None if is_plain else Parts(kind.parameters.get("boundary", ""))
        self._sink: Sink = (
            Pieces(owner, report, inner)
            if not is_plain and inner in METADATA
            else Objects(owner, report)
        )
        if is_plain:
            self._begin({})

    def take(self, piece: bytes) -> None:
        """The next bytes of the body.

        Raises:
            Refused: 413, more than a request may bring; 400, it is malformed.
        """
        self._bytes += len(piece)
        refuse_length(self._bytes)
        if self._parts is None:
            self._sink.write(piece)
            return
        for event in self._parts.feed(piece):
            self._act(event)

    def finish(self) -> None:
        """The body has ended.

        Raises:
            Refused: 400, it ended too early, brought nothing, or makes no sense.
        """
        if self._parts is None:
            self._sink.end()
        elif not self._parts.is_whole:
            raise Refused(400, "The body ends before its closing boundary.")
        if not self._count:
            raise Refused(400, "The body holds no part.")
        self._sink.finish()

    def close(self) -> None:
        """Forget a part that has not come whole."""
        self._sink.close()

    def _act(self, event: Event) -> None:
        if isinstance(event, Begin):
            self._begin(event.headers)
        elif isinstance(event, Data):
            self._sink.write(event.data)
        elif isinstance(event, End):
            self._sink.end()

    def _begin(self, headers: dict[str, str]) -> None:
        self._count += 1
        if self._count > settings.STOW_MAX_PARTS:
            raise Refused(
                413, f"A request may bring {settings.STOW_MAX_PARTS} parts at most."
            )
        self._sink.begin(headers)


def refuse_length(length: int) -> None:
    """Refuse more bytes than one request may bring.

    Raises:
        Refused: 413.
    """
    limit = settings.STOW_MAX_BYTES
    if length > limit:
        raise Refused(413, f"A request may bring {limit} bytes at most.")
