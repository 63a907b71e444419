"""A view of a picture: a part of it, turned, mirrored and re-stained.

Cell positions move with the pixels, so a label counted in a view is exact. Turning and
re-staining make few pictures many; neither is done where a label would not survive it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from dragonfly.geometry import Region, Size

Pixels = NDArray[np.uint8]
Stain = Literal["kept", "grey", "jittered"]
Box = tuple[float, float, float, float]

_TURNS = (None, *(Image.Transpose(turn) for turn in (2, 3, 4)))


@dataclass(frozen=True, slots=True)
class View:
    """`region` in pixels of the stored picture, then quarter turns, then a mirror.

    `stain` "jittered" draws a hue, brightness and contrast from `stain_seed`; "grey"
    takes colour away altogether.
    """

    region: Region
    quarter_turns: int = 0
    mirrored: bool = False
    stain: Stain = "kept"
    stain_seed: int = 0

    @property
    def name(self) -> str:
        """Unique for a picture; fit for a file name."""
        place = str(self.region).replace(",", "_")
        mirror = "m" if self.mirrored else ""
        stain = {"kept": "", "grey": "-grey"}.get(self.stain, f"-{self.stain_seed}")
        return f"{place}-t{self.quarter_turns}{mirror}{stain}"

    @property
    def size(self) -> Size:
        """Of the picture that the view draws."""
        width, height = self.region.width, self.region.height
        return Size(height, width) if self.quarter_turns % 2 else Size(width, height)

    def draw(self, picture: Image.Image) -> Image.Image:
        """The view of an RGB picture."""
        r = self.region
        drawn = picture.crop((r.x, r.y, r.right, r.bottom))
        turn = _TURNS[self.quarter_turns]
        if turn is not None:
            drawn = drawn.transpose(turn)
        if self.mirrored:
            drawn = drawn.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        return _stained(drawn, self.stain, self.stain_seed)

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the stored picture lies in the view; maybe outside it."""
        width, height = float(self.region.width), float(self.region.height)
        x, y = x - self.region.x, y - self.region.y
        for _ in range(self.quarter_turns):
            # Counter-clockwise, as Pillow turns.
            x, y, width, height = y, width - x, height, width
        return (width - x if self.mirrored else x), y

    def shows(self, x: float, y: float) -> bool:
        """Whether a point of the stored picture is in the view."""
        r = self.region
        return r.x <= x < r.right and r.y <= y < r.bottom

    def share_shown(self, box: Box) -> float:
        """Which part of the area of a box (left, top, right, bottom) is in the view."""
        left, top, right, bottom = box
        r = self.region
        wide = max(0.0, min(right, r.right) - max(left, r.x))
        high = max(0.0, min(bottom, r.bottom) - max(top, r.y))
        area = (right - left) * (bottom - top)
        return wide * high / area if area > 0 else 0.0


def whole(size: Size) -> View:
    """The picture as it is stored."""
    return View(Region.of(size))


def random_views(
    size: Size,
    count: int,
    random: np.random.Generator,
    smallest: float = 0.6,
    stains: tuple[Stain, ...] = ("kept", "jittered"),
) -> Iterator[View]:
    """`count` views whose sides are at least `smallest` of the picture's."""
    for _ in range(count):
        share = random.uniform(smallest, 1.0)
        width, height = round(size.width * share), round(size.height * share)
        x = int(random.integers(size.width - width + 1))
        y = int(random.integers(size.height - height + 1))
        yield View(
            Region(x, y, width, height),
            int(random.integers(4)),
            bool(random.integers(2)),
            stains[int(random.integers(len(stains)))],
            int(random.integers(2**31)),
        )


def _stained(picture: Image.Image, stain: Stain, seed: int) -> Image.Image:
    if stain == "kept":
        return picture
    if stain == "grey":
        # Some sets are darker than others, which would give them away like colour.
        return ImageOps.autocontrast(picture.convert("L"), cutoff=1).convert("RGB")
    random = np.random.default_rng([seed, 61])
    hue, saturation, value = np.asarray(picture.convert("HSV"), np.float32).T
    # 20 degrees of hue and a third of saturation: as far as laboratories differ.
    hue = (hue + random.uniform(-14, 14)) % 256
    saturation = saturation * random.uniform(0.6, 1.35)
    value = (value - 128) * random.uniform(0.8, 1.2) + 128 + random.uniform(-14, 14)
    bands = np.stack([hue, saturation, value]).T
    pixels: Pixels = np.clip(np.rint(bands), 0, 255).astype(np.uint8)
    return Image.fromarray(pixels, "HSV").convert("RGB")
