"""`open_slide`: from a path to a `Slide`, or to an error that says what to do."""

import os
from pathlib import Path

import openslide

from dragonfly.errors import SlideError
from dragonfly.slide.limits import Limits
from dragonfly.slide.openslide_reader import OpenSlideReader
from dragonfly.slide.slide import Slide


def open_slide(
    path: str | os.PathLike[str], *, limits: Limits | None = None, frame: int = 0
) -> Slide:
    """Open one slide."""
    source = Path(path)
    limits = limits or Limits()
    try:
        reader = OpenSlideReader(source, (source,))
    except openslide.OpenSlideError:
        raise SlideError("FORMAT_CORRUPT", "The file cannot be read.") from None
    return Slide(source, reader, limits)
