"""Which DICOM files belong together as one whole-slide image."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from dragonfly.errors import SlideError
from dragonfly.slide.dicom_file import DicomFile, is_dicom

_NOT_A_LEVEL = {"LABEL", "OVERVIEW", "THUMBNAIL"}


def dicom_files(paths: Iterable[Path]) -> list[DicomFile]:
    """Those of `paths` that are DICOM pictures; reports and the like are left out.

    Raises:
        SlideError: there are DICOM files but none is a readable picture; the error is
            the first file's.
    """
    found, refusal = [], None
    for path in paths:
        if not is_dicom(path):
            continue
        try:
            found.append(DicomFile(path))
        except SlideError as error:
            refusal = refusal or error
    if not found and refusal is not None:
        raise refusal
    return found


def same_series(first: DicomFile, others: Sequence[DicomFile]) -> list[DicomFile]:
    """The slide files of `first`'s series, `first` among them."""
    series = first.header.get("SeriesInstanceUID")
    kin = [
        file
        for file in others
        if file.path != first.path
        and file.is_slide
        and file.header.get("SeriesInstanceUID") == series
    ]
    return [first, *kin]


def level_files(files: Sequence[DicomFile]) -> list[DicomFile]:
    """The pyramid's files, finest first, one for each size."""
    by_width: dict[int, DicomFile] = {}
    for file in files:
        if image_flavor(file) not in _NOT_A_LEVEL:
            by_width.setdefault(int(file.header.TotalPixelMatrixColumns), file)
    return [by_width[width] for width in sorted(by_width, reverse=True)]


def image_flavor(file: DicomFile) -> str:
    """VOLUME, LABEL, OVERVIEW or THUMBNAIL (Image Type value 3, PS3.3 C.8.12.4.1.1)."""
    image_type = file.header.get("ImageType") or []
    return str(image_type[2]) if len(image_type) > 2 else "VOLUME"
