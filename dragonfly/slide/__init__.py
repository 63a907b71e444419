"""Slides: opening, reading, tiles and tissue, without torch.

`open_slide(path)` is the door. Files are read, never written; patient data is neither
interpreted nor logged here.
"""

from dragonfly.slide.crop import CropSource, read_crop
from dragonfly.slide.limits import Limits
from dragonfly.slide.note import Note
from dragonfly.slide.open import open_slide
from dragonfly.slide.pixel_size import PixelSize, PixelSizeSource
from dragonfly.slide.pixels import Pixels
from dragonfly.slide.read_plan import Fidelity
from dragonfly.slide.reader import Level
from dragonfly.slide.slide import Slide
from dragonfly.slide.tile_grid import TileGrid
from dragonfly.slide.tissue import TissueMask, tissue_mask

__all__ = [
    "CropSource",
    "Fidelity",
    "Level",
    "Limits",
    "Note",
    "PixelSize",
    "PixelSizeSource",
    "Pixels",
    "Slide",
    "TileGrid",
    "TissueMask",
    "open_slide",
    "read_crop",
    "tissue_mask",
]
