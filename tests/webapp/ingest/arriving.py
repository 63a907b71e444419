"""Bring files in as uploads do, and prepare the slide."""

from __future__ import annotations

import uuid
import zipfile
from pathlib import Path

from webapp.accounts.models import User
from webapp.slides.ingest.steps import ingest
from webapp.slides.models import Slide, Upload
from webapp.slides.uploads.part_file import PartFile
from webapp.slides.uploads.services import (
    begin_upload,
    complete_folder,
    complete_upload,
)


def arrived(owner: User, file: Path, name: str = "", **fields: object) -> Upload:
    """The complete upload of one file."""
    data = file.read_bytes()
    upload = begin_upload(owner, name or file.name, len(data), **fields)  # type: ignore[arg-type]
    PartFile(upload.id).path.write_bytes(data)
    complete_upload(upload)
    upload.refresh_from_db()
    return upload


def waiting(owner: User, file: Path, name: str = "") -> Slide:
    """A slide whose ingest has not begun."""
    slide = arrived(owner, file, name).slide
    assert slide is not None
    return slide


def prepared(owner: User, file: Path, name: str = "") -> Slide:
    """The slide of one file after its ingest."""
    return after_ingest(waiting(owner, file, name))


def prepared_folder(owner: User, folder: Path) -> Slide:
    """The slide of a dropped folder after its ingest."""
    group = uuid.uuid4()
    files = [file for file in sorted(folder.rglob("*")) if file.is_file()]
    for file in files:
        place = f"{folder.name}/{file.relative_to(folder)}"
        arrived(owner, file, folder=group, relative_path=place)
    return after_ingest(complete_folder(owner, group, folder.name, len(files)))


def after_ingest(slide: Slide) -> Slide:
    ingest(slide.id)
    slide.refresh_from_db()
    return slide


def zipped(folder: Path, archive: Path) -> Path:
    """A zip file of the folder, the folder's name in front of each file's."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in sorted(folder.rglob("*")):
            packed.write(file, f"{folder.name}/{file.relative_to(folder)}")
    return archive


def codes(slide: Slide) -> list[str]:
    """Of its notes."""
    return [note["code"] for note in slide.notes]
