"""What an opened slide gives its record: facts, thumbnail and tissue mask.

Only figures and the vendor's name are kept of what the file says about itself: its
other texts may name a patient.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from dragonfly.geometry import Size
from dragonfly.slide import Slide as SlideFile
from dragonfly.slide import TissueMask, tissue_mask
from webapp.slides.tiles.grid import describe_grid

THUMBNAIL = Size(512, 512)
THUMBNAIL_QUALITY = 85
LEAST_TISSUE = 0.0005
Notes = list[dict[str, str]]


def facts(slide: SlideFile) -> dict[str, Any]:
    """The record's fields, all but tissue."""
    return {
        "digest": slide.digest,
        "format": slide.format,
        "vendor": slide.vendor,
        "width": slide.size.width,
        "height": slide.size.height,
        "levels": [
            {
                "width": level.size.width,
                "height": level.size.height,
                "downsample": level.downsample,
            }
            for level in slide.levels
        ],
        "grid": describe_grid(slide),
        "frame_count": slide.frame_count,
        "mpp_x": slide.mpp_x,
        "mpp_y": slide.mpp_y,
        "mpp_source": slide.mpp_source,
        "magnification": slide.magnification,
    }


def write_thumbnail(slide: SlideFile, derived: Path) -> None:
    """`thumbnail.jpg`: the whole slide, 512 pixels at most."""
    picture = Image.fromarray(slide.thumbnail(THUMBNAIL))
    _save(
        derived / "thumbnail.jpg",
        lambda path: picture.save(path, "JPEG", quality=THUMBNAIL_QUALITY),
    )


def write_tissue(slide: SlideFile, derived: Path) -> TissueMask:
    """`tissue.png`: white on tissue, black elsewhere, over the whole slide."""
    mask = tissue_mask(slide)
    picture = Image.fromarray(mask.pixels.astype(np.uint8) * 255)
    _save(derived / "tissue.png", lambda path: picture.save(path, "PNG"))
    return mask


def tissue_notes(mask: TissueMask) -> Notes:
    """What the mask says of the slide."""
    if mask.reason == "found" and mask.share < LEAST_TISSUE:
        words = "No tissue was found on this slide. Ask about the view or a region."
    elif mask.reason == "no contrast":
        words = "The slide looks blank: nothing on it stands out."
    else:
        return []
    return [{"code": "SLIDE_NO_TISSUE", "message": words}]


def damage_notes(slide: SlideFile) -> Notes:
    """Damaged places met while the overview was read."""
    count = slide.unreadable_tiles
    if not count:
        return []
    if count == 1:
        words = "1 place of this slide cannot be read; it is shown as crosses."
    else:
        words = (
            f"{count} places of this slide cannot be read; they are shown as crosses."
        )
    return [{"code": "TILES_UNREADABLE", "message": words}]


def _save(path: Path, write: Callable[[Path], None]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".fresh")
    write(fresh)
    os.replace(fresh, path)
