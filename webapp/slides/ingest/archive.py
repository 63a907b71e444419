"""Unpack a zip file that a stranger may have made.

Only plain files in plain folders come out of it, below one folder, within a number, a
size and a ratio that no real slide exceeds. What the archive says of itself is not
believed: the bytes that come out are counted.
"""

from __future__ import annotations

import shutil
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from django.conf import settings

from dragonfly.errors import DragonflyError
from webapp.slides.uploads.names import safe_path
from webapp.slides.uploads.part_file import disk_full

MAX_FILES = 20_000
MAX_RATIO = 200
"""Scanners store compressed pictures; even blank DICOM stays far below."""
RATIO_FREE_BYTES = 64 * 2**20
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
_CHUNK = 2**20
_BY_SYSTEMS = {"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"}


def is_zip(path: Path) -> bool:
    """By its first bytes; no slide begins like that."""
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def unpack(archive: Path, folder: Path) -> None:
    """Write the files of `archive` below `folder`, which is made anew.

    Raises:
        DragonflyError: `ARCHIVE_CORRUPT`, `ARCHIVE_ENCRYPTED`, `ARCHIVE_UNSUPPORTED`,
            `ARCHIVE_TOO_LARGE`, `ARCHIVE_EMPTY`, `UPLOAD_PATH`, `DISK_FULL`.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        with zipfile.ZipFile(archive) as packed:
            members = _checked(packed, folder)
            allowed = _allowed(archive)
            for member, place in members:
                allowed -= _extract(packed, member, folder / place, allowed)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise DragonflyError(
            "ARCHIVE_CORRUPT",
            "The zip file is damaged or ends too early. Make it again.",
        ) from error


def _allowed(archive: Path) -> int:
    """Bytes that may come out of it."""
    ratio = max(RATIO_FREE_BYTES, archive.stat().st_size * MAX_RATIO)
    return min(int(settings.UPLOAD_MAX_BYTES), ratio)


def _checked(
    packed: zipfile.ZipFile, folder: Path
) -> list[tuple[zipfile.ZipInfo, str]]:
    members = list(_members(packed))
    if not members:
        raise DragonflyError("ARCHIVE_EMPTY", "The zip file holds no file.")
    if len(members) > MAX_FILES:
        raise _too_large()
    places = [place for _, place in members]
    if len({place.casefold() for place in places}) < len(places):
        raise DragonflyError(
            "UPLOAD_PATH", "Two files of the zip file have the same name."
        )
    if sum(member.file_size for member, _ in members) > shutil.disk_usage(folder).free:
        raise disk_full()
    return members


def _members(packed: zipfile.ZipFile) -> Iterator[tuple[zipfile.ZipInfo, str]]:
    for member in packed.infolist():
        if member.is_dir() or _BY_SYSTEMS & set(PurePosixPath(member.filename).parts):
            continue
        _refuse_unfit(member)
        yield member, safe_path(member.filename)


def _refuse_unfit(member: zipfile.ZipInfo) -> None:
    if member.flag_bits & _ENCRYPTED:
        raise DragonflyError(
            "ARCHIVE_ENCRYPTED",
            "The zip file is protected by a password. Make one without.",
        )
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        raise DragonflyError(
            "ARCHIVE_UNSUPPORTED",
            "The zip file holds a link or a device. Put the files themselves into it.",
        )
    if member.compress_type not in _METHODS:
        raise DragonflyError(
            "ARCHIVE_UNSUPPORTED",
            "The zip file is compressed in an unusual way. Make it again as plain zip.",
        )


def _extract(
    packed: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, allowed: int
) -> int:
    target.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with packed.open(member) as source, target.open("xb") as file:
        while chunk := source.read(_CHUNK):
            written += len(chunk)
            if written > allowed:
                raise _too_large()
            file.write(chunk)
    return written


def _too_large() -> DragonflyError:
    return DragonflyError(
        "ARCHIVE_TOO_LARGE",
        "The zip file unpacks to more than a slide can need. Send the slide's own "
        "files only.",
    )
