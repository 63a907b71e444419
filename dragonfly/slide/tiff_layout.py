"""The directories of a TIFF; no pixel is decoded."""

import struct
from pathlib import Path

import tifffile

from dragonfly.errors import SlideError
from dragonfly.slide.quiet import quiet

# Vendors bend the format, and tifffile raises errors of many kinds on it.
PARSING = (
    tifffile.TiffFileError,
    ValueError,
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    struct.error,
    OSError,
)


def parsed_pages(path: Path) -> list[tifffile.TiffPage]:
    """The directories of the main chain; none if the file cannot be parsed."""
    try:
        with quiet(), tifffile.TiffFile(path) as file:
            return [page for page in file.pages if isinstance(page, tifffile.TiffPage)]
    except PARSING:
        return []


def refuse_cut_short(path: Path) -> None:
    """Refuse a TIFF whose directories point beyond its end, as half an upload does.

    A file that cannot be parsed at all passes: the readers that follow say why.

    Raises:
        SlideError: `FORMAT_CORRUPT`.
    """
    length = path.stat().st_size
    needed = max((_last_byte(page) for page in parsed_pages(path)), default=0)
    if needed > length:
        raise SlideError(
            "FORMAT_CORRUPT",
            f"The file ends after {length:,} bytes but its pixels need {needed:,}. "
            "Copy or upload the slide again.",
        )


def _last_byte(page: tifffile.TiffPage) -> int:
    pairs = zip(page.dataoffsets, page.databytecounts, strict=False)
    return max((offset + count for offset, count in pairs if count), default=0)
