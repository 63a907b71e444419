"""Remove label and macro pictures and identifying text from a TIFF, in place.

The pictures' bytes are overwritten and their directories cut out of the chain; text is
overwritten at its own length. Nothing moves, so that the levels stay as they are and a
slide of gigabytes is cleaned in a moment.
"""

import os
import re
from pathlib import Path
from typing import BinaryIO, Literal

import tifffile

from dragonfly.errors import SlideError
from dragonfly.slide.quiet import quiet
from dragonfly.slide.tiff_layout import PARSING

_LABEL, _MACRO = 1, 9
_DESCRIPTION = 270
_TEXT_TAGS = (
    269,  # DocumentName
    285,  # PageName
    305,  # Software
    306,  # DateTime
    315,  # Artist
    316,  # HostComputer
    700,  # XMP
    33723,  # IPTC
    34377,  # Photoshop
)
# What readers need of an Aperio description; users, dates, names and barcodes go.
_APERIO_KEPT = {
    "AppMag",
    "MPP",
    "Left",
    "Top",
    "OriginalWidth",
    "OriginalHeight",
    "StripeWidth",
    "LineCameraSkew",
    "LineAreaXOffset",
    "LineAreaYOffset",
    "Focus Offset",
    "DisplayColor",
    "Exposure Time",
    "Exposure Scale",
    "Gamma",
    "Filtered",
}
_NUMBER = re.compile(rb"\s*[-+]?[0-9.eE+-]{1,20}\s*")
_ZEROS = bytes(1 << 20)


def clean_tiff(path: Path, vendor: str) -> None:
    """Clean an Aperio or a generic TIFF.

    Raises:
        SlideError: `FORMAT_CORRUPT`; its directories cannot be followed.
    """
    try:
        with quiet(), tifffile.TiffFile(path) as tiff, path.open("r+b") as file:
            pages = [p for p in tiff.pages if isinstance(p, tifffile.TiffPage)]
            doomed = _pictures(pages)
            for page in pages:
                _blank_text(file, page, vendor)
            for page in doomed:
                _blank_pixels(file, page)
            # The pictures are gone before nothing points at them any more.
            os.fsync(file.fileno())
            _unlink(file, tiff, pages, doomed)
            file.flush()
            os.fsync(file.fileno())
    except PARSING as error:
        raise SlideError(
            "FORMAT_CORRUPT",
            "The directories of this TIFF cannot be followed. Export the slide again.",
        ) from error


def _pictures(pages: list[tifffile.TiffPage]) -> list[tifffile.TiffPage]:
    """Directories of a tiled slide that hold neither a level nor the thumbnail."""
    if not pages or not pages[0].is_tiled:
        return []
    return [
        page
        for index, page in enumerate(pages)
        if not page.is_tiled and not _is_thumbnail(index, page)
    ]


def _is_thumbnail(index: int, page: tifffile.TiffPage) -> bool:
    """As Aperio writes it; newer scanners name label and macro by number alone."""
    kind = int(page.subfiletype or 0)
    words = str(page.description or "").lower()
    named = any(word in words for word in ("label", "macro", "overview"))
    return index == 1 and kind not in (_LABEL, _MACRO) and not named


def _blank_text(file: BinaryIO, page: tifffile.TiffPage, vendor: str) -> None:
    for tag in page.tags:
        if tag.code == _DESCRIPTION and vendor == "aperio":
            file.seek(tag.valueoffset)
            text = file.read(tag.valuebytecount)
            _overwrite(file, tag.valueoffset, _without_names(text))
        elif tag.code == _DESCRIPTION or tag.code in _TEXT_TAGS:
            _zero(file, tag.valueoffset, tag.valuebytecount)


def _without_names(text: bytes) -> bytes:
    """The description with every value blanked that readers do not need."""
    head, *pairs = text.rstrip(b"\0").split(b"|")
    kept = b"|".join([head, *map(_pair, pairs)])
    return kept + b"\0" * (len(text) - len(kept))


def _pair(pair: bytes) -> bytes:
    key, equals, value = pair.partition(b"=")
    known = key.decode("latin-1").strip() in _APERIO_KEPT
    if equals and known and _NUMBER.fullmatch(value):
        return pair
    return key + equals + b"X" * len(value) if equals else b"X" * len(pair)


def _blank_pixels(file: BinaryIO, page: tifffile.TiffPage) -> None:
    for offset, length in zip(page.dataoffsets, page.databytecounts, strict=True):
        _zero(file, offset, length)


def _unlink(
    file: BinaryIO,
    tiff: tifffile.TiffFile,
    pages: list[tifffile.TiffPage],
    doomed: list[tifffile.TiffPage],
) -> None:
    """Let each directory that stays point at the next one that stays."""
    staying = [page for page in pages if page not in doomed]
    if len(staying) == len(pages):
        return
    form = tiff.tiff
    followers = [page.offset for page in staying[1:]] + [0]
    for page, follower in zip(staying, followers, strict=True):
        file.seek(page.offset)
        count = int.from_bytes(file.read(form.tagnosize), _order(tiff))
        at = page.offset + form.tagnosize + count * form.tagsize
        pointer = follower.to_bytes(form.offsetsize, _order(tiff))
        _overwrite(file, at, pointer)


def _order(tiff: tifffile.TiffFile) -> Literal["little", "big"]:
    return "little" if tiff.byteorder == "<" else "big"


def _overwrite(file: BinaryIO, offset: int, data: bytes) -> None:
    file.seek(offset)
    file.write(data)


def _zero(file: BinaryIO, offset: int, length: int) -> None:
    """Zeros inside the file only: a length that lies must not make it grow."""
    length = min(length, max(0, os.fstat(file.fileno()).st_size - offset))
    file.seek(offset)
    for start in range(0, length, len(_ZEROS)):
        file.write(_ZEROS[: min(len(_ZEROS), length - start)])
