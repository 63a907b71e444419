"""Evidence regions drawn on a thumbnail of the slide."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

from dragonfly.engine import INTENDED_USE, Evidence
from dragonfly.geometry import Region, Size
from dragonfly.slide import Slide

LONGEST_SIDE = 1600
DARK, LIGHT = (20, 20, 20), (255, 255, 255)
FILL = {"selected": (255, 196, 0), "examined": (0, 190, 255)}
STRIP = 28


def draw_overlay(slide: Slide, evidence: Sequence[Evidence]) -> Image.Image:
    """A thumbnail with each region numbered, large regions below small ones.

    Selected regions have a solid line and examined ones a thin one; both have a dark
    and a light outline to be seen on any tissue.
    """
    size = slide.size.fitted_into(Size(LONGEST_SIDE, LONGEST_SIDE))
    picture = Image.fromarray(slide.read_region(Region.of(slide.size), size))
    draw = ImageDraw.Draw(picture)
    scale = size.width / slide.size.width, size.height / slide.size.height
    for item in sorted(evidence, key=lambda e: -e.region.area):
        _draw_region(draw, item, item.region.scaled(*scale))
    return _with_strip(picture)


def _draw_region(draw: ImageDraw.ImageDraw, item: Evidence, box: Region) -> None:
    corners = (box.x, box.y, box.right - 1, box.bottom - 1)
    width = 3 if item.kind == "selected" else 1
    draw.rectangle(corners, outline=DARK, width=width + 2)
    draw.rectangle(_shrunk(corners), outline=FILL[item.kind], width=width)
    label = str(item.number)
    font = ImageFont.load_default(14)
    place = (box.x + 4, box.y + 4)
    draw.text(place, label, LIGHT, font, stroke_width=2, stroke_fill=DARK)


def _shrunk(corners: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    left, top, right, bottom = corners
    return left + 1, top + 1, max(left + 1, right - 1), max(top + 1, bottom - 1)


def _with_strip(picture: Image.Image) -> Image.Image:
    whole = Image.new("RGB", (picture.width, picture.height + STRIP), LIGHT)
    whole.paste(picture)
    font = ImageFont.load_default(14)
    place = (8, picture.height + 6)
    ImageDraw.Draw(whole).text(place, INTENDED_USE, DARK, font)
    return whole
