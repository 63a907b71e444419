"""`Example`: one chat text with the picture it is about, if any.

The picture is named here and read elsewhere.
"""

from dataclasses import dataclass
from pathlib import Path

from dragonfly.geometry import Region


@dataclass(frozen=True)
class ImageFile:
    """A picture that is a file of its own."""

    path: Path


@dataclass(frozen=True)
class SlideRegion:
    """A region of the slide whose bytes have this digest, in level-0 pixels.

    `zoomed` are the crops that a descent chose, in the model's order: each becomes one
    mid or high crop, beside the region as low crop. Without them the region is one
    picture.
    """

    slide: str
    region: Region
    zoomed: tuple[Region, ...] = ()


Picture = ImageFile | SlideRegion


@dataclass(frozen=True)
class Example:
    """A chat in Llama 3's format, without its begin token."""

    text: str
    picture: Picture | None
