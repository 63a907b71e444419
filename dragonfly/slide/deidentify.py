"""Take what names a patient out of a slide's own files, in place.

The picture of the paper label and the overview of the glass are copied to a folder
apart and then removed; identifying text is blanked. Where a vendor's layout cannot be
rewritten safely the file stays as it is, and a note says so: then nobody may be given
the file or its label. What is written in the tissue's own pixels stays, too.

Done again, as after a power cut in the middle, it ends the same.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from dragonfly.errors import SlideError
from dragonfly.slide.deidentify_dicom import clean_dicom
from dragonfly.slide.deidentify_tiff import clean_tiff
from dragonfly.slide.note import Note
from dragonfly.slide.open import open_slide
from dragonfly.slide.slide import Slide

# Made from the slide's own levels; it shows no more than they do.
_HARMLESS = {"thumbnail"}
_TIFF = {"aperio", "generic-tiff"}


@dataclass(frozen=True, slots=True)
class Deidentified:
    """`pictures` were copied to the folder apart; `notes` say what was not done."""

    pictures: tuple[str, ...]
    notes: tuple[Note, ...]


def deidentify(path: Path, private: Path) -> Deidentified:
    """Clean the slide at `path`, a file or a folder, and keep its label in `private`.

    Raises:
        SlideError: as `open_slide`; or `SLIDE_IS_LABEL`.
    """
    with open_slide(path) as slide:
        vendor, plain = slide.vendor, slide.format
        _save(slide, private)
    notes = _cleaned(path, vendor, plain)
    with open_slide(path) as slide:
        left = _private_names(slide)
    kept_in_file = [_label_in_file()] if left else []
    return Deidentified(_saved(private), (*notes, *kept_in_file))


def _cleaned(path: Path, vendor: str, plain: str) -> Iterable[Note]:
    if path.is_dir() or vendor == "dicom" or plain.startswith("DICOM"):
        return clean_dicom(path)
    if vendor in _TIFF or plain.startswith("TIFF"):
        clean_tiff(path, vendor)
    return ()


def _private_names(slide: Slide) -> list[str]:
    return [name for name in slide.associated_images if name not in _HARMLESS]


def _save(slide: Slide, private: Path) -> None:
    for name in _private_names(slide):
        target = private / f"{name}.png"
        if target.exists():
            continue
        try:
            picture = slide.associated_images[name]
        except SlideError:
            continue
        private.mkdir(parents=True, exist_ok=True)
        fresh = target.with_suffix(".fresh")
        picture.save(fresh, "PNG")
        os.replace(fresh, target)


def _saved(private: Path) -> tuple[str, ...]:
    return tuple(sorted(file.stem for file in private.glob("*.png")))


def _label_in_file() -> Note:
    return Note(
        "LABEL_IN_FILE",
        "The stored file still holds the picture of its label, because this format "
        "cannot be rewritten safely. Only the owner and administrators can see it.",
    )
