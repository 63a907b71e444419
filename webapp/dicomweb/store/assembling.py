"""`Pieces`: metadata and bulk data of one request, put together when all is here."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from webapp.accounts.models import User
from webapp.dicomweb.answers import Refused
from webapp.dicomweb.media import MediaType, parse_media
from webapp.dicomweb.sandbox.assemble import INDEX
from webapp.dicomweb.sandbox.gate import run_sandboxed
from webapp.dicomweb.sandbox.refusal import NOT_UNDERSTOOD, Refusal
from webapp.dicomweb.store.keeping import Arriving
from webapp.dicomweb.store.objects import keep_and_tell
from webapp.dicomweb.store.report import StoreReport
from webapp.dicomweb.store.room import Room

METADATA_BYTES = 64 * 2**20


class Pieces:
    """Keeps each part in a file; the first ones, of the body's type, are metadata."""

    def __init__(self, owner: User, report: StoreReport, kind: str) -> None:
        self._owner = owner
        self._room = Room(owner)
        self._report = report
        self._kind = kind
        self._place = Arriving.begin()
        self._metadata: list[str] = []
        self._bulk: dict[str, list[str]] = {}
        self._file: BinaryIO | None = None
        self._left = 0

    def begin(self, headers: dict[str, str]) -> None:
        """A part begins.

        Raises:
            Refused: 400, bulk data that does not say where it belongs.
        """
        kind = parse_media(headers.get("content-type", ""))
        name = f"part-{len(self._metadata) + len(self._bulk)}"
        is_metadata = kind.name == self._kind or not (self._metadata or kind.name)
        if is_metadata:
            self._metadata.append(name)
            self._left = METADATA_BYTES
        else:
            self._note(headers.get("content-location", ""), name, kind)
            self._left = settings.STOW_MAX_BYTES
        self._file = (self._place.folder / name).open("wb")

    def _note(self, location: str, name: str, kind: MediaType) -> None:
        if not location or location in self._bulk:
            raise Refused(
                400, "Each part of bulk data needs a Content-Location of its own."
            )
        self._bulk[location] = [name, kind.name, kind.syntax]

    def write(self, data: bytes) -> None:
        """Bytes of the part.

        Raises:
            Refused: 413, the metadata is too long.
        """
        self._left -= len(data)
        if self._left < 0:
            raise Refused(413, f"Metadata may have {METADATA_BYTES} bytes at most.")
        if self._file is not None:
            self._file.write(data)

    def end(self) -> None:
        """The part is whole."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def finish(self) -> None:
        """Put the objects together and store each.

        Raises:
            Refused: 400, the metadata cannot be read.
        """
        index = {
            "metadata": self._metadata,
            "is_xml": self._kind.endswith("xml"),
            "bulk": self._bulk,
        }
        folder = self._place.folder
        (folder / INDEX).write_text(json.dumps(index))
        try:
            found = run_sandboxed("assemble", folder, settings.STOW_MAX_BYTES)
        except Refusal as refusal:
            raise Refused(400, f"The body makes no sense. {refusal.why}") from None
        if int(found["count"]) > settings.STOW_MAX_PARTS:
            raise Refused(413, f"{settings.STOW_MAX_PARTS} objects at most.")
        for number in range(int(found["count"])):
            self._store(number, found["failures"].get(str(number)))

    def _store(self, number: int, failure: list[str] | None) -> None:
        if failure is not None:
            reason, why, *names = failure
            self._report.refuse(Refusal(int(reason), why).of(*names))
            return
        made = self._place.folder / f"object-{number}.dcm"
        if not made.is_file():
            self._report.refuse(Refusal(NOT_UNDERSTOOD, "It was not written."))
            return
        keep_and_tell(self._owner, _moved(made), self._report, self._room)

    def close(self) -> None:
        """Forget the parts."""
        self.end()
        self._place.discard()


def _moved(file: Path) -> Arriving:
    arriving = Arriving.begin()
    os.replace(file, arriving.path)
    return arriving
