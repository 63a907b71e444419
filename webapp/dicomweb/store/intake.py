"""`Intake`: the body of one store request, written and kept while it comes."""

from __future__ import annotations

import os
from typing import BinaryIO

from django.conf import settings

from webapp.accounts.models import User
from webapp.dicomweb.answers import Refused
from webapp.dicomweb.media import MediaType, parse_media
from webapp.dicomweb.sandbox.refusal import NOT_UNDERSTOOD, PROCESSING_FAILURE, Refusal
from webapp.dicomweb.store.keeping import Arriving, keep_object
from webapp.dicomweb.store.multipart import Begin, Data, End, Event, Parts
from webapp.dicomweb.store.report import StoreReport
from webapp.slides.uploads.quota import refuse_over_quota

ACCEPTED = 'application/dicom, multipart/related; type="application/dicom"'
_DICOM = ("application/dicom", "")


class Intake:
    """Takes pieces of a body; each part is checked when its last byte is here.

    Raises:
        Refused: 415, the body is of another kind; 400, its boundary is missing.
    """

    def __init__(self, owner: User, kind: MediaType, report: StoreReport) -> None:
        self._owner = owner
        self.report = report
        self._arriving: Arriving | None = None
        self._file: BinaryIO | None = None
        self._count = self._bytes = 0
        self._is_wanted = True
        self._parts = self._reader(kind)
        if self._parts is None:
            self._begin({})

    def _reader(self, kind: MediaType) -> Parts | None:
        if kind.name == "application/dicom":
            return None
        inner = kind.parameters.get("type", "").lower()
        if not kind.is_multipart or inner not in _DICOM:
            raise Refused(415, f"Send {ACCEPTED}.", {"Accept": ACCEPTED})
        return Parts(kind.parameters.get("boundary", ""))

    def take(self, piece: bytes) -> None:
        """The next bytes of the body.

        Raises:
            Refused: 413, more than a request may bring; 400, it is malformed.
        """
        self._bytes += len(piece)
        refuse_length(self._bytes)
        if self._parts is None:
            self._act(Data(piece))
            return
        for event in self._parts.feed(piece):
            self._act(event)

    def finish(self) -> None:
        """The body has ended.

        Raises:
            Refused: 400, it ended too early or brought nothing.
        """
        if self._parts is None:
            self._end()
        elif not self._parts.is_whole:
            raise Refused(400, "The body ends before its closing boundary.")
        if not self._count:
            raise Refused(400, "The body holds no part.")

    def close(self) -> None:
        """Forget a part that has not come whole."""
        if self._file is not None:
            self._file.close()
        if self._arriving is not None:
            self._arriving.discard()

    def _act(self, event: Event) -> None:
        if isinstance(event, Begin):
            self._begin(event.headers)
        elif isinstance(event, Data) and self._file is not None:
            self._file.write(event.data)
        elif isinstance(event, End):
            self._end()

    def _begin(self, headers: dict[str, str]) -> None:
        self._count += 1
        if self._count > settings.STOW_MAX_PARTS:
            raise Refused(
                413, f"A request may bring {settings.STOW_MAX_PARTS} parts at most."
            )
        kind = parse_media(headers.get("content-type", ""))
        self._is_wanted = kind.name in _DICOM
        if self._is_wanted:
            self._arriving = Arriving.begin()
            self._file = self._arriving.path.open("wb")

    def _end(self) -> None:
        file, self._file = self._file, None
        arriving, self._arriving = self._arriving, None
        if file is None or arriving is None:
            self.report.refuse(Refusal(NOT_UNDERSTOOD, "The part is no DICOM object."))
            return
        file.flush()
        os.fdatasync(file.fileno())
        file.close()
        try:
            refuse_over_quota(self._owner, arriving.path.stat().st_size)
            kept = keep_object(self._owner, arriving, self.report.study)
            self.report.keep(kept)
        except Refusal as refusal:
            self.report.refuse(refusal)
        except (OSError, ValueError, KeyError):
            self.report.refuse(Refusal(PROCESSING_FAILURE, "It could not be stored."))


def refuse_length(length: int) -> None:
    """Refuse more bytes than one request may bring.

    Raises:
        Refused: 413.
    """
    limit = settings.STOW_MAX_BYTES
    if length > limit:
        raise Refused(413, f"A request may bring {limit} bytes at most.")
