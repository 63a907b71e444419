"""Read the crops of a picture, from a file or out of a slide.

What cannot be read is a `BadExampleError`, whatever library complained.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass

from PIL import Image

from dragonfly.engine.picture import read_picture
from dragonfly.errors import SlideError
from dragonfly.geometry import Region, Size
from dragonfly.model.crops import Pixels, cut_crops, plan_crops
from dragonfly.model.layout import CropLayout
from dragonfly.slide import Slide, open_slide
from dragonfly.slide.crop import read_cells
from dragonfly.training.example import ImageFile, Picture, SlideRegion
from dragonfly.training.rows import BadExampleError
from dragonfly.training.slide_index import SlideIndex, no_slides

OPEN_SLIDES = 8


@dataclass(frozen=True)
class PictureKey:
    """What the crops of a picture depend on, beside the layout."""

    digest: str
    region: str


class OpenSlides:
    """The most recently read slides, kept open. Thread-safe."""

    def __init__(self, index: SlideIndex) -> None:
        self._index = index
        self._slides: OrderedDict[str, Slide] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, digest: str) -> Slide:
        """The slide with this digest.

        Raises:
            BadExampleError: SLIDE_MISSING, SLIDE_UNREADABLE.
        """
        with self._lock:
            if digest not in self._slides:
                self._slides[digest] = self._open(digest)
            self._slides.move_to_end(digest)
            found = self._slides[digest]
            # Not closed: another thread may be reading from it.
            if len(self._slides) > OPEN_SLIDES:
                self._slides.popitem(last=False)
        return found

    def _open(self, digest: str) -> Slide:
        path = self._index(digest)
        if path is None or not path.exists():
            raise BadExampleError(
                "SLIDE_MISSING", "The slide of an example is not there."
            )
        try:
            return open_slide(path)
        except SlideError as error:
            raise BadExampleError("SLIDE_UNREADABLE", error.message) from error


class PictureReader:
    """Pictures to crops of one layout. Thread-safe."""

    def __init__(self, layout: CropLayout, index: SlideIndex = no_slides) -> None:
        self.layout = layout
        self._slides = OpenSlides(index)

    def read(self, picture: Picture) -> Pixels:
        """uint8 crops of shape (crops, crop_px, crop_px, 3).

        Raises:
            BadExampleError: PICTURE_MISSING, PICTURE_UNREADABLE, SLIDE_MISSING,
                SLIDE_UNREADABLE, ZOOM_UNFIT.
        """
        if isinstance(picture, ImageFile):
            opened = open_picture(picture)
            plan = plan_crops(Size(*opened.size), self.layout)
            return cut_crops(opened, plan, self.layout)
        slide = self._slides.get(picture.slide)
        try:
            return self._read_region(slide, picture)
        except SlideError as error:
            raise BadExampleError("SLIDE_UNREADABLE", error.message) from error

    def _read_region(self, slide: Slide, picture: SlideRegion) -> Pixels:
        layout = self.layout
        if not picture.zoomed:
            return read_picture(slide, picture.region, layout)[1]
        crops = _crops_of(picture)
        if len(crops) != layout.crop_count:
            raise BadExampleError(
                "ZOOM_UNFIT",
                f"An example has {len(crops)} crops, but the model takes "
                f"{layout.crop_count}.",
            )
        return read_cells(slide, crops, layout.crop_px)


def open_picture(picture: ImageFile) -> Image.Image:
    """The decoded picture as RGB.

    Raises:
        BadExampleError: PICTURE_MISSING, PICTURE_UNREADABLE.
    """
    try:
        with Image.open(picture.path) as opened:
            return opened.convert("RGB")
    except FileNotFoundError as error:
        raise BadExampleError(
            "PICTURE_MISSING", "The picture of an example is not there."
        ) from error
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise BadExampleError(
            "PICTURE_UNREADABLE", "The picture of an example cannot be decoded."
        ) from error


def _crops_of(picture: SlideRegion) -> tuple[Region, ...]:
    return (picture.region, *picture.zoomed)


def key_of(picture: Picture) -> PictureKey:
    """The identity of a picture's content.

    Raises:
        BadExampleError: PICTURE_MISSING.
    """
    if isinstance(picture, SlideRegion):
        return PictureKey(picture.slide, "+".join(map(str, _crops_of(picture))))
    try:
        content = picture.path.read_bytes()
    except OSError as error:
        raise BadExampleError(
            "PICTURE_MISSING", "The picture of an example is not there."
        ) from error
    return PictureKey(hashlib.sha256(content).hexdigest(), "whole")
