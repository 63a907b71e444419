"""Bring the files that arrived to their place under names of the server's own.

`arrived/` holds what came, `original/` what is opened. A client's names may hold a
patient's, and none of them is needed: a single file becomes `slide.svs`, the files of
a DICOM slide are numbered, and a MIRAX slide keeps the names inside its folder.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from dragonfly.errors import DragonflyError
from dragonfly.slide.dicom_file import is_dicom
from webapp.slides.ingest.archive import is_zip, unpack
from webapp.slides.models import Slide
from webapp.slides.uploads.part_file import PartFile

SUFFIXES = {
    ".bif",
    ".czi",
    ".dcm",
    ".jpeg",
    ".jpg",
    ".mrxs",
    ".ndpi",
    ".png",
    ".scn",
    ".svs",
    ".svslide",
    ".tif",
    ".tiff",
    ".vms",
}


def collect(slide: Slide) -> Path:
    """Move the slide's uploads to `arrived/`; a second time finds them there.

    Raises:
        DragonflyError: `UPLOAD_INCOMPLETE`; some are gone.
    """
    arrived = slide.folder / "arrived"
    arrived.mkdir(parents=True, exist_ok=True)
    for upload in slide.uploads.all():
        target = arrived / (
            upload.relative_path or f"upload{suffix_of(upload.file_name)}"
        )
        part = PartFile(upload.id).path
        if part.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(part, target)
        if not target.is_file() or target.stat().st_size != upload.size:
            raise DragonflyError(
                "UPLOAD_INCOMPLETE",
                "Some bytes of this file were lost on the server. Upload it again.",
            )
    return arrived


def suffix_of(name: str) -> str:
    """A suffix that the readers know, or none."""
    suffix = Path(name).suffix.lower()
    return suffix if suffix in SUFFIXES else ""


def unpacked(slide: Slide) -> Path:
    """The folder with the files themselves, out of the zip file if one came."""
    arrived = slide.folder / "arrived"
    files = _files(arrived)
    if len(files) != 1 or not is_zip(files[0]):
        return arrived
    folder = slide.folder / "unpacked"
    unpack(files[0], folder)
    return folder


def place(slide: Slide, source: Path) -> str:
    """Give the files below `source` their names in `original/`.

    Returns:
        The entry: what to open, relative to the slide folder.

    Raises:
        DragonflyError: `FORMAT_COMPANION_MISSING`, `SLIDE_AMBIGUOUS`.
    """
    fresh = slide.folder / "placing"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    entry = _named(_files(source), fresh)
    shutil.rmtree(slide.folder / "original", ignore_errors=True)
    os.replace(fresh, slide.folder / "original")
    return "/".join(part for part in (str(slide.id), "original", entry) if part)


def discard_arrived(slide: Slide) -> None:
    """Delete what arrived, once the record says where the files lie now."""
    for left in ("arrived", "unpacked"):
        shutil.rmtree(slide.folder / left, ignore_errors=True)


def _named(files: list[Path], fresh: Path) -> str:
    by_suffix = {
        suffix: [file for file in files if file.suffix.lower() == suffix]
        for suffix in (".mrxs", ".vms")
    }
    if len(by_suffix[".mrxs"]) == 1:
        return _mirax(by_suffix[".mrxs"][0], fresh)
    if len(by_suffix[".vms"]) == 1:
        return _hamamatsu(by_suffix[".vms"][0], fresh)
    if len(files) == 1:
        suffix = ".dcm" if is_dicom(files[0]) else suffix_of(files[0].name)
        _link(files[0], fresh / f"slide{suffix}")
        return f"slide{suffix}"
    pictures = [file for file in files if is_dicom(file)]
    if len(pictures) < len(files) and not pictures:
        return _only_slide(files, fresh)
    for number, file in enumerate(pictures, 1):
        _link(file, fresh / f"{number:05}.dcm")
    return ""


def _only_slide(files: list[Path], fresh: Path) -> str:
    """Beside a slide people pack notes and sheets; two slides are one too many."""
    slides = [file for file in files if suffix_of(file.name)]
    if len(slides) == 1:
        return _named(slides, fresh)
    raise DragonflyError(
        "SLIDE_AMBIGUOUS" if slides else "FORMAT_UNKNOWN",
        "The folder holds more than one slide. Send each one on its own."
        if slides
        else "The folder or zip file holds no slide that can be read.",
    )


def _mirax(file: Path, fresh: Path) -> str:
    companion = file.with_suffix("")
    if not (companion / "Slidedat.ini").is_file():
        raise DragonflyError(
            "FORMAT_COMPANION_MISSING",
            "A MIRAX slide is a .mrxs file and the folder of the same name with "
            "Slidedat.ini in it. Drop both together, or send them as a zip file.",
        )
    _link(file, fresh / "slide.mrxs")
    for part in _files(companion):
        _link(part, fresh / "slide" / part.relative_to(companion))
    return "slide.mrxs"


def _hamamatsu(file: Path, fresh: Path) -> str:
    """Its files name each other, so their names stay."""
    for part in _files(file.parent):
        _link(part, fresh / part.name)
    return file.name


def _link(source: Path, target: Path) -> None:
    """A second name rather than a move: killed in the middle, nothing is lost."""
    target.parent.mkdir(parents=True, exist_ok=True)
    os.link(source, target)


def _files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.is_file() and not p.is_symlink())
