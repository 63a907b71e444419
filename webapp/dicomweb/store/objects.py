"""`Objects`: parts that are whole DICOM objects, each kept once it is whole."""

from __future__ import annotations

import os
from typing import BinaryIO

from webapp.accounts.models import User
from webapp.dicomweb.media import parse_media
from webapp.dicomweb.sandbox.refusal import NOT_UNDERSTOOD, PROCESSING_FAILURE, Refusal
from webapp.dicomweb.store.keeping import Arriving, keep_object
from webapp.dicomweb.store.report import StoreReport
from webapp.dicomweb.store.room import Room


class Objects:
    """Writes each part to a file of its own and stores it."""

    def __init__(self, owner: User, report: StoreReport) -> None:
        self._owner = owner
        self._room = Room(owner)
        self._report = report
        self._arriving: Arriving | None = None
        self._file: BinaryIO | None = None

    def begin(self, headers: dict[str, str]) -> None:
        """A part begins; one that says that it is something else is not written."""
        kind = parse_media(headers.get("content-type", ""))
        if kind.name in ("application/dicom", ""):
            self._arriving = Arriving.begin()
            self._file = self._arriving.path.open("wb")

    def write(self, data: bytes) -> None:
        """Bytes of the part."""
        if self._file is not None:
            self._file.write(data)

    def end(self) -> None:
        """The part is whole: store it."""
        file, self._file = self._file, None
        arriving, self._arriving = self._arriving, None
        if file is None or arriving is None:
            self._report.refuse(Refusal(NOT_UNDERSTOOD, "The part is no DICOM object."))
            return
        file.flush()
        os.fdatasync(file.fileno())
        file.close()
        keep_and_tell(self._owner, arriving, self._report, self._room)

    def finish(self) -> None:
        """Each part is stored already."""

    def close(self) -> None:
        """Forget a part that has not come whole."""
        if self._file is not None:
            self._file.close()
        if self._arriving is not None:
            self._arriving.discard()


def keep_and_tell(
    owner: User, arriving: Arriving, report: StoreReport, room: Room
) -> None:
    """Store what has arrived, and say in the report what became of it."""
    try:
        try:
            room.take(arriving.path.stat().st_size)
            report.keep(keep_object(owner, arriving, report.study))
        finally:
            arriving.discard()
    except Refusal as refusal:
        report.refuse(refusal)
    except (OSError, ValueError, KeyError):
        report.refuse(Refusal(PROCESSING_FAILURE, "It could not be stored."))
