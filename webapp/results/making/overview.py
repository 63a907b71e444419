"""The slide's overview with numbered regions, for people."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw, UnidentifiedImageError

from webapp.results.making.said import Said

LINE_PX = 3
COLOUR = (0, 114, 178)
"""Blue of the palette by Okabe and Ito, told apart by all readers."""


def draw_overview(said: Said) -> Image.Image | None:
    """RGB, 512 pixels at most; None if the slide has no thumbnail."""
    slide = said.slide
    path = Path(slide.folder, "derived", "thumbnail.jpg")
    if not slide.width or not slide.height:
        return None
    try:
        with Image.open(path) as opened:
            overview = opened.convert("RGB")
    except (OSError, UnidentifiedImageError):
        return None
    pen = ImageDraw.Draw(overview)
    scale = overview.width / slide.width
    for one in said.evidence:
        left, top = one.x * scale, one.y * scale
        right, bottom = left + one.width * scale, top + one.height * scale
        pen.rectangle((left, top, right, bottom), outline=COLOUR, width=LINE_PX)
        pen.text((right + LINE_PX, top), str(one.number), fill=COLOUR)
    return overview
