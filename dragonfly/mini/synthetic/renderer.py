"""Draws any region of a synthetic slide at any magnification, on demand.

Steps 1, 2 and 4 are drawn directly; coarser ones are means of step 4. A pixel never
depends on the region it was asked in. Knows nothing of files.
"""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from dragonfly.geometry import Region
from dragonfly.mini.synthetic import camouflage, mark
from dragonfly.mini.synthetic.atlas import Atlas, draw_atlas
from dragonfly.mini.synthetic.cells import KINDS, Cells, cells_in
from dragonfly.mini.synthetic.lattice import Plane, Window
from dragonfly.mini.synthetic.layout import Layout, lay_out
from dragonfly.mini.synthetic.recipe import SlideRecipe
from dragonfly.mini.synthetic.sprite import CellKind, Density, sprite
from dragonfly.mini.synthetic.stain import UNIT, Stain
from dragonfly.mini.synthetic.texture import ROUGHNESS, densities, folded

Pixels = NDArray[np.uint8]

DRAWN_STEPS = (1, 2, 4)
BLOCK = 1024


class Renderer:
    """The pixels of one recipe. Holds coarse maps only, some MB for the largest."""

    def __init__(self, recipe: SlideRecipe) -> None:
        self.recipe = recipe
        self.layout: Layout = lay_out(recipe)
        self.atlas: Atlas = draw_atlas(recipe, self.layout)
        self.stain = stain_of(recipe)
        self._base: CellKind = (
            "tumour" if recipe.background == "tumour" else "epithelial"
        )
        self._nests = (*self.layout.nests, *self.layout.vessels)
        hiding = {id(nest) for nest in self.layout.targets}
        self._hidden = frozenset(
            i for i, nest in enumerate(self._nests) if id(nest) in hiding
        )
        self._veils: dict[tuple[int, int], camouflage.Veil] = {}

    def render(self, region: Region, downsample: int = 1) -> Pixels:
        """RGB (height, width, 3) of `region`, whose sides divide by `downsample`.

        Raises:
            ValueError: the downsample is not a power of two, or the region's edges
                are not multiples of it.
        """
        edges = (region.x, region.y, region.width, region.height)
        if downsample < 1 or downsample & (downsample - 1):
            raise ValueError(f"downsample {downsample} is not a power of two")
        if any(edge % downsample for edge in edges):
            raise ValueError(f"region {region} is not a multiple of {downsample}")
        step = min(downsample, DRAWN_STEPS[-1])
        shape = (region.height // downsample, region.width // downsample, 3)
        result = np.empty(shape, np.uint8)
        for window in _blocks(region, step, max(BLOCK * step, downsample)):
            drawn = box_mean(self._draw(window), downsample // step)
            top = (window.y - region.y) // downsample
            left = (window.x - region.x) // downsample
            height, width = drawn.shape[:2]
            result[top : top + height, left : left + width] = drawn
        return result

    def is_glass(self, region: Region) -> bool:
        """Whether nothing but glass and its grain lies in `region`."""
        window = Window(region.x, region.y, region.width, region.height)
        if self.atlas.deepest(self.atlas.tissue, window) > -ROUGHNESS:
            return False
        return not (self._pen_near(window) or mark.dust_near(window, self.recipe.seed))

    def bare(self, window: Window, *, disguised: bool) -> Pixels:
        """Tissue alone, its targets shown or disguised; without veil or grain."""
        seed = self.recipe.seed
        haematoxylin, eosin = densities(seed, window, self.atlas)
        hidden = self._hidden if disguised else frozenset()
        parts = cells_in(seed, window, self.atlas, self._nests, hidden, self._base)
        for cells in parts:
            _stamp(cells, window, haematoxylin, eosin)
        np.maximum(eosin, 0, out=eosin)
        np.maximum(haematoxylin, 0, out=haematoxylin)
        haematoxylin = folded(haematoxylin, window, seed, self.atlas)
        return self.stain.light(haematoxylin, folded(eosin, window, seed, self.atlas))

    def _draw(self, window: Window) -> Pixels:
        seed = self.recipe.seed
        if self.atlas.deepest(self.atlas.tissue, window) > -ROUGHNESS:
            light = self.bare(window, disguised=False).astype(np.int16)
            self._veil_targets(light, window)
        else:
            light = np.empty((*window.shape, 3), np.int16)
            light[:] = self.stain.lamp
        if self.layout.pen and self.recipe.pen:
            mark.ink(light, window, seed, self.layout.pen, self.recipe.pen)
        mark.dust(light, window, seed)
        mark.grain(light, window, seed)
        return np.clip(light, 0, 255).astype(np.uint8)

    def _veil_targets(self, light: NDArray[np.int16], window: Window) -> None:
        asked = Region(window.x, window.y, window.width, window.height)
        for index, target in enumerate(self.layout.targets):
            place = camouflage.place_of(target.region)
            if asked.intersection(place) is None:
                continue
            key = (index, window.step)
            if key not in self._veils:
                self._veils[key] = camouflage.veil(self.bare, place, window.step)
            self._veils[key].lay_over(light, window)

    def _pen_near(self, window: Window) -> bool:
        pen = self.layout.pen
        return pen is not None and mark.stroke_near(pen, window)


def stain_of(recipe: SlideRecipe) -> Stain:
    """The slide's own stain: the default, strayed as far as the recipe allows."""
    random = np.random.default_rng([recipe.seed, 21])
    usual = Stain()

    def strayed(vector: tuple[float, float, float]) -> tuple[float, float, float]:
        strength = 1 + 0.22 * recipe.stain_shift * random.uniform(-1, 1)
        tint = 1 + 0.16 * recipe.stain_shift * random.uniform(-1, 1, 3)
        red, green, blue = (
            float(v * strength * t) for v, t in zip(vector, tint, strict=True)
        )
        return red, green, blue

    return Stain(strayed(usual.haematoxylin), strayed(usual.eosin), usual.lamp)


def box_mean(pixels: Pixels, factor: int) -> Pixels:
    """Mean of each `factor` x `factor` square; the sides divide by `factor`."""
    if factor == 1:
        return pixels
    height, width = pixels.shape[0] // factor, pixels.shape[1] // factor
    # One axis at a time: reducing both at once is several times slower in numpy.
    tall = pixels.reshape(height, factor, -1).sum(axis=1, dtype=np.uint32)
    total = tall.reshape(height, width, factor, 3).sum(axis=2, dtype=np.uint32)
    area = factor * factor
    mean: Pixels = ((total + area // 2) // area).astype(np.uint8)
    return mean


def _blocks(region: Region, step: int, side: int) -> Iterator[Window]:
    for top in range(region.y, region.bottom, side):
        for left in range(region.x, region.right, side):
            width = min(side, region.right - left)
            height = min(side, region.bottom - top)
            yield Window(left, top, width, height, step)


def _stamp(cells: Cells, window: Window, haematoxylin: Plane, eosin: Plane) -> None:
    step = window.step
    rows = zip(
        (cells.x - window.x).tolist(),
        (cells.y - window.y).tolist(),
        cells.kind.tolist(),
        cells.shape.tolist(),
        cells.turn.tolist(),
        cells.gain.tolist(),
        strict=True,
    )
    for x, y, kind, shape, turn, gain in rows:
        dark, pink = _picture(KINDS[kind], shape, turn, step, x % step, y % step)
        side = dark.shape[0]
        left, top = x // step - side // 2, y // step - side // 2
        _add(haematoxylin, dark, left, top, gain)
        _add(eosin, pink, left, top, 64)


def _add(plane: Plane, picture: Density, left: int, top: int, gain: int) -> None:
    side = picture.shape[0]
    height, width = plane.shape
    if left >= width or top >= height or left + side <= 0 or top + side <= 0:
        return
    rows = slice(max(0, -top), min(side, height - top))
    columns = slice(max(0, -left), min(side, width - left))
    part = picture[rows, columns]
    target = plane[
        top + rows.start : top + rows.stop, left + columns.start : left + columns.stop
    ]
    target += part if gain == 64 else part.astype(np.int32) * gain >> 6


@lru_cache(maxsize=16384)
def _picture(
    kind: CellKind, shape: int, turn: int, step: int, x: int, y: int
) -> tuple[Density, Density]:
    """A sprite as seen at one pixel per `step`, its centre `x`, `y` off the grid."""
    whole = sprite(kind, shape, turn)
    if step == 1:
        return whole.haematoxylin, whole.eosin
    side = whole.eosin.shape[0]
    # An even number of coarse pixels on either side keeps the centre where it was.
    half = -(-(side // 2 + step) // step)
    before = half * step - side // 2
    after = 2 * half * step - side - before
    pad = ((before + y, after - y), (before + x, after - x))
    dark, pink = (
        _coarse(np.pad(plane, pad), step) for plane in (whole.haematoxylin, whole.eosin)
    )
    return dark, pink


def _coarse(density: Density, step: int) -> Density:
    """The density that holds back as much light as the finer ones together."""
    side = density.shape[0] // step
    light = np.exp(density * (-0.7 / UNIT)).reshape(side, step, side, step)
    coarse = np.log(light.mean(axis=(1, 3))) * (-UNIT / 0.7)
    rounded: Density = np.rint(coarse).astype(np.int16)
    return rounded
