"""A synthetic slide that was never written: pixels are drawn when they are read.

For training, where thousands of slides are looked at in a few places each. It offers
what a stored slide offers to whoever reads regions, and keeps what it drew last.
"""

from collections import OrderedDict

import numpy as np
from PIL import Image

from dragonfly.geometry import Region, Size
from dragonfly.mini.synthetic.recipe import MPP, OBJECTIVE, SlideRecipe
from dragonfly.mini.synthetic.renderer import Pixels, Renderer
from dragonfly.mini.synthetic.truth import Truth, truth_of_renderer

BLOCK = 512
KEPT_BLOCKS = 96


class SyntheticSlide:
    """The slide of one recipe, drawn on demand. Not for use by several threads."""

    mpp = MPP
    magnification = float(OBJECTIVE)

    def __init__(self, recipe: SlideRecipe) -> None:
        self.recipe = recipe
        self.size = Size(recipe.side_px, recipe.side_px)
        self._renderer = Renderer(recipe)
        self._blocks: OrderedDict[tuple[int, int, int], Pixels] = OrderedDict()

    @property
    def truth(self) -> Truth:
        return truth_of_renderer(self._renderer)

    def read(self, region: Region, size: Size) -> Pixels:
        """RGB (height, width, 3) of `region` resized to `size`; white outside.

        Drawn at the coarsest power of two that is at least as fine as asked, then
        resized by an antialiased bicubic filter.
        """
        scale = min(region.width / size.width, region.height / size.height)
        downsample = 1 << max(0, min(10, int(np.log2(max(scale, 1)))))
        left, top = region.x // downsample, region.y // downsample
        right = -(-region.right // downsample)
        bottom = -(-region.bottom // downsample)
        drawn = self._assembled(
            Region.from_bounds(left, top, right, bottom), downsample
        )
        box = (
            region.x / downsample - left,
            region.y / downsample - top,
            region.right / downsample - left,
            region.bottom / downsample - top,
        )
        picture = Image.fromarray(drawn)
        resized = picture.resize(
            (size.width, size.height), Image.Resampling.BICUBIC, box
        )
        return np.asarray(resized)

    def read_region(self, region: Region, size: Size) -> Pixels:
        """The same as `read`, by the name that a stored slide gives it."""
        return self.read(region, size)

    def _assembled(self, part: Region, downsample: int) -> Pixels:
        """`part`, in pixels at `downsample`, from blocks; white outside the slide."""
        result = np.full((part.height, part.width, 3), 255, np.uint8)
        level = Size(self.size.width // downsample, self.size.height // downsample)
        inside = part.clipped_to(level)
        if inside is None:
            return result
        for row in range(inside.y // BLOCK, -(-inside.bottom // BLOCK)):
            for column in range(inside.x // BLOCK, -(-inside.right // BLOCK)):
                block = Region(column * BLOCK, row * BLOCK, BLOCK, BLOCK)
                shared = block.intersection(inside)
                if shared is not None:
                    pixels = self._block(column, row, downsample, level)
                    result[_slices(shared, part)] = pixels[_slices(shared, block)]
        return result

    def _block(self, column: int, row: int, downsample: int, level: Size) -> Pixels:
        key = (column, row, downsample)
        if key in self._blocks:
            self._blocks.move_to_end(key)
            return self._blocks[key]
        region = Region(column * BLOCK, row * BLOCK, BLOCK, BLOCK).clipped_to(level)
        if region is None:
            raise IndexError(f"block {column}, {row} lies outside {level}")
        pixels = self._renderer.render(region.scaled(downsample), downsample)
        self._blocks[key] = pixels
        if len(self._blocks) > KEPT_BLOCKS:
            self._blocks.popitem(last=False)
        return pixels


def _slices(shared: Region, origin: Region) -> tuple[slice, slice]:
    here = shared.moved(-origin.x, -origin.y)
    return slice(here.y, here.bottom), slice(here.x, here.right)
