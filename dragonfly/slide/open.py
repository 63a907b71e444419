"""`open_slide`: from a path to a `Slide`, or to an error that says what to do.

This is the only place that knows every family of files; it decides by content first
and by name only where the content cannot tell.
"""

import os
from contextlib import suppress
from pathlib import Path

import openslide

from dragonfly.errors import SlideError
from dragonfly.slide.companion import slide_files
from dragonfly.slide.dicom_damage import refusing_damage
from dragonfly.slide.dicom_file import DicomFile, is_dicom
from dragonfly.slide.dicom_image import open_dicom_image
from dragonfly.slide.dicom_index import index_frames, index_jpeg2000_frames
from dragonfly.slide.dicom_series import dicom_files, level_files, same_series
from dragonfly.slide.dicom_sheet import MOST_PICTURES, DicomSheetReader
from dragonfly.slide.dicom_wsi import DicomWsiReader
from dragonfly.slide.image_reader import not_pyramidal, open_image
from dragonfly.slide.indexed_reader import IndexedReader, with_index, with_tiff_index
from dragonfly.slide.jpeg2000_reader import with_jpeg2000, with_stored
from dragonfly.slide.limits import Limits
from dragonfly.slide.openslide_reader import OpenSlideReader
from dragonfly.slide.reader import Reader
from dragonfly.slide.slide import Slide
from dragonfly.slide.source_path import checked_path, files_below, refuse_oversize
from dragonfly.slide.tiff_layout import refuse_cut_short

_TIFF_MAGIC = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_SIBLINGS = 2000


def open_slide(
    path: str | os.PathLike[str],
    *,
    limits: Limits | None = None,
    frame: int | None = None,
) -> Slide:
    """Open a slide: a file, or a folder that holds one DICOM or MIRAX slide.

    The pictures of one DICOM series, such as a CT, open as one sheet, be they the files
    of a folder or the frames of one file.

    `frame` chooses one picture of a multi-frame file and counts from 0. Nothing
    but the header and, for plain pictures, the picture itself is decoded.

    Raises:
        SlideError: `FILE_MISSING`, `FILE_EMPTY`, `FILE_NO_PERMISSION`,
            `PATH_OUTSIDE`, `FORMAT_UNKNOWN`, `FORMAT_CORRUPT`, `FORMAT_UNSUPPORTED`,
            `FORMAT_COMPANION_MISSING`, `SLIDE_NOT_PYRAMIDAL`, `SLIDE_AMBIGUOUS`,
            `IMAGE_TOO_LARGE`, `DICOM_NOT_IMAGE`, `DICOM_TRANSFER_SYNTAX` or
            `FRAME_OUTSIDE`.
    """
    source = checked_path(path)
    limits = limits or Limits()
    try:
        if source.is_dir():
            reader = _open_folder(source, limits, frame)
        else:
            reader = _open_file(source, limits, frame)
    except PermissionError:
        raise SlideError(
            "FILE_NO_PERMISSION", "A file of this slide may not be read."
        ) from None
    return Slide(source, reader, limits)


def _open_folder(folder: Path, limits: Limits, frame: int | None) -> Reader:
    files = files_below(folder)
    refuse_oversize(files, limits)
    mirax = [f for f in files if f.suffix.lower() == ".mrxs" and f.parent == folder]
    if len(mirax) == 1:
        return _open_file(mirax[0], limits, frame)
    if len(mirax) > 1:
        raise _ambiguous()
    with refusing_damage():
        return _open_dicom_folder(files, limits, frame)


def _open_dicom_folder(
    files: tuple[Path, ...], limits: Limits, frame: int | None
) -> Reader:
    pictures = dicom_files(files)
    slides = [file for file in pictures if file.is_slide]
    series = {str(file.header.get("SeriesInstanceUID")) for file in slides}
    if len(series) == 1:
        return _open_series(_entry(slides), slides, limits)
    if len(pictures) > 1:
        return _open_sheet(pictures, limits)
    if not pictures:
        raise SlideError(
            "FORMAT_UNKNOWN", "The folder holds neither a DICOM nor a MIRAX slide."
        )
    return _open_picture(pictures[0], limits, frame)


def _open_picture(file: DicomFile, limits: Limits, frame: int | None) -> Reader:
    """The frame that is asked for, or all of them."""
    if frame is None and 1 < file.frame_count <= MOST_PICTURES:
        return DicomSheetReader([file], limits)
    return open_dicom_image(file, limits, frame or 0)


def _open_sheet(pictures: list[DicomFile], limits: Limits) -> Reader:
    """Several pictures are a slide only as one series, and none of them a slide."""
    series = {str(file.header.get("SeriesInstanceUID")) for file in pictures}
    if len(series) > 1 or any(file.is_slide for file in pictures):
        raise _ambiguous()
    refuse_oversize(tuple(file.path for file in pictures), limits)
    return DicomSheetReader(pictures, limits)


def _ambiguous() -> SlideError:
    return SlideError(
        "SLIDE_AMBIGUOUS",
        "The folder holds more than one slide or picture. Open one of its files.",
    )


def _open_file(path: Path, limits: Limits, frame: int | None) -> Reader:
    if is_dicom(path):
        return _open_dicom(path, limits, frame)
    files = slide_files(path)
    refuse_oversize(files, limits)
    with path.open("rb") as file:
        tiff = file.read(4) in _TIFF_MAGIC
    if tiff:
        refuse_cut_short(path)
    refusal: SlideError | None = None
    try:
        if openslide.OpenSlide.detect_format(path) is not None:
            pyramid = _pyramid(OpenSlideReader(path, files, limits), limits)
            indexed = with_tiff_index(pyramid, path, limits)
            return with_jpeg2000(indexed, path, limits)
    except openslide.OpenSlideError as error:
        refusal = _refused(error)
    return _without_openslide(path, limits, frame, tiff, refusal)


def _without_openslide(
    path: Path,
    limits: Limits,
    frame: int | None,
    tiff: bool,
    refusal: SlideError | None,
) -> Reader:
    """A plain picture, or DICOM without its preamble, or nothing that we know."""
    try:
        return open_image(path, limits)
    except SlideError as error:
        if error.code != "FORMAT_UNKNOWN":
            raise refusal or error from None
        if refusal is not None:
            raise refusal from None
        if tiff:
            raise _corrupt() from None
        if not _looks_like_bare_dicom(path):
            raise
    return _open_dicom(path, limits, frame)


def _open_dicom(path: Path, limits: Limits, frame: int | None) -> Reader:
    refuse_oversize((path,), limits)
    with refusing_damage():
        file = DicomFile(path)
        if not file.is_slide:
            return _open_picture(file, limits, frame)
        return _open_series(file, dicom_files(_siblings(path)), limits)


def _open_series(first: DicomFile, others: list[DicomFile], limits: Limits) -> Reader:
    files = same_series(first, others)
    paths = tuple(sorted(file.path for file in files))
    refuse_oversize(paths, limits)
    with suppress(openslide.OpenSlideError):
        pyramid = _pyramid(OpenSlideReader(first.path, paths, limits), limits)
        indexed = with_index(pyramid, index_frames(files, limits), limits)
        if isinstance(indexed, IndexedReader):
            return indexed
        return with_stored(pyramid, index_jpeg2000_frames(files, limits), limits)
    return _pyramid(DicomWsiReader(files, limits), limits)


def _siblings(path: Path) -> list[Path]:
    """Files beside `path`; links are left out, they may lead anywhere."""
    files = (p for p in path.parent.iterdir() if p.is_file() and not p.is_symlink())
    return sorted(files)[:_SIBLINGS]


def _entry(slides: list[DicomFile]) -> DicomFile:
    """A file of the pyramid to begin with, not a label, where there is one."""
    return (level_files(slides) or slides)[0]


def _pyramid(reader: Reader, limits: Limits) -> Reader:
    """Refuse a slide whose smallest level or whose tiles are too large to decode."""
    cells = [reader.cell(level) for level in range(len(reader.facts.levels))]
    # Hamamatsu's are as large as the level and still decoded in parts.
    whole = reader.facts.vendor != "hamamatsu"
    if whole and max(cell.area for cell in cells) > limits.max_image_pixels:
        reader.close()
        raise SlideError(
            "IMAGE_TOO_LARGE",
            "The tiles of this slide are too large to be decoded. Save it again as a "
            "pyramid with tiles of 256 to 1024 pixels.",
        )
    coarsest = min((level.size for level in reader.facts.levels), key=lambda s: s.area)
    if coarsest.area > limits.max_coarsest_pixels:
        reader.close()
        raise not_pyramidal(coarsest)
    return reader


def _looks_like_bare_dicom(path: Path) -> bool:
    """A data set without preamble begins with an element of group 2 or 8."""
    with path.open("rb") as file:
        head = file.read(6)
    groups = (b"\x02\0", b"\x08\0", b"\0\x08")
    return len(head) == 6 and head[:2] in groups and head[4:6].isalpha()


def _refused(error: openslide.OpenSlideError) -> SlideError:
    if str(error).startswith("Unsupported"):
        return SlideError(
            "FORMAT_UNSUPPORTED",
            "The file is compressed or laid out in a way that cannot be read here. "
            "Export it in another form, for example as a JPEG-compressed TIFF.",
        )
    return _corrupt()


def _corrupt() -> SlideError:
    return SlideError(
        "FORMAT_CORRUPT",
        "The file is damaged or ends too early. Copy or export the slide again.",
    )
