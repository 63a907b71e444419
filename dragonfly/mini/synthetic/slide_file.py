"""Writes a synthetic slide as a pyramid that OpenSlide opens as Aperio's.

Levels shrink by 4, as Aperio's do: three or four levels cost 7 % over level 0, and a
viewer never reads more than 16 tiles for one. Tiles are made in the order of their
parents, so memory holds one block of 1024 x 1024 pixels per level, whatever the size.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import simplejpeg
from PIL import Image, ImageDraw

from dragonfly.geometry import Point, Region, Size
from dragonfly.mini.synthetic.mark import TILE, grain_of_tile
from dragonfly.mini.synthetic.recipe import MPP, OBJECTIVE, VERSION, SlideRecipe
from dragonfly.mini.synthetic.renderer import BLOCK, Pixels, Renderer, box_mean
from dragonfly.mini.synthetic.tiff_file import TiffFile, TiffImage
from dragonfly.mini.synthetic.truth import truth_of_renderer, write_truth

FACTOR, QUALITY = 4, 82
SMALLEST_LEVEL = 512
LABEL = Size(400, 400)

Progress = Callable[[int, int], None]


def write_slide(
    recipe: SlideRecipe, folder: Path, progress: Progress | None = None
) -> Path:
    """Write `<name>.svs` and `<name>.truth.json` into `folder`; the slide's path.

    `progress` is told, again and again, how many tiles of level 0 were just done and
    how many there are in all. The slide appears under its name only when it is whole.

    Raises:
        RecipeError: `RECIPE_NO_ROOM`.
        OSError: the folder cannot be written.
    """
    renderer = Renderer(recipe)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{recipe.name}.svs"
    unfinished = path.with_suffix(".part")
    try:
        _Pyramid(renderer, progress).write(unfinished)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    write_truth(truth_of_renderer(renderer), path)
    return path


class _Pyramid:
    def __init__(self, renderer: Renderer, progress: Progress | None) -> None:
        self._renderer = renderer
        self._progress = progress
        self._side = renderer.recipe.side_px
        self._levels = [self._side]
        while self._levels[-1] // FACTOR >= SMALLEST_LEVEL:
            self._levels.append(self._levels[-1] // FACTOR)
        self._block: tuple[Point, Pixels] | None = None
        self._glass: dict[int, tuple[Pixels, bytes]] = {}

    def write(self, path: Path) -> None:
        images = [
            TiffImage(Size(side, side), _level_description(self._renderer.recipe, side))
            for side in self._levels
        ]
        label = label_picture(self._renderer.recipe)
        images.append(TiffImage(LABEL, _label_description(), tile=None))
        top = len(self._levels) - 1
        span = TILE * FACTOR**top
        with TiffFile(path, images) as file:
            for corner in _corners(Region(0, 0, self._side, self._side), span):
                self._write_tile(file, top, corner)
            file.put(len(self._levels), 0, 0, encode(label))

    def _write_tile(self, file: TiffFile, level: int, corner: Point) -> Pixels:
        """Write a tile of `level`, by its level-0 corner, and all below it."""
        span = TILE * FACTOR**level
        whole = Region(corner.x, corner.y, span, span)
        part, step = TILE // FACTOR, span // FACTOR
        pixels = np.full((TILE, TILE, 3), 255, np.uint8)
        for child in _corners(whole.clipped_to(Size(self._side, self._side)), step):
            if level > 1:
                drawn = self._write_tile(file, level - 1, child)
            else:
                drawn = self._write_finest(file, child)
            left, top = (child.x - corner.x) // step, (child.y - corner.y) // step
            small = box_mean(drawn, FACTOR)
            pixels[top * part : (top + 1) * part, left * part : (left + 1) * part] = (
                small
            )
        if level == 1 and self._progress:
            self._progress(whole.area // TILE**2, self._side**2 // TILE**2)
        file.put(level, corner.x // span, corner.y // span, encode(pixels))
        return pixels

    def _write_finest(self, file: TiffFile, corner: Point) -> Pixels:
        region = Region(corner.x, corner.y, TILE, TILE)
        if not self._renderer.is_glass(region):
            pixels = self._from_block(region)
            jpeg = encode(pixels)
        else:
            seed = self._renderer.recipe.seed
            key = grain_of_tile(seed, corner.x // TILE, corner.y // TILE)
            if key not in self._glass:
                drawn = self._renderer.render(region)
                self._glass[key] = drawn, encode(drawn)
            pixels, jpeg = self._glass[key]
        file.put(0, corner.x // TILE, corner.y // TILE, jpeg)
        return pixels

    def _from_block(self, region: Region) -> Pixels:
        """Cut from the block drawn last: drawing 16 tiles at once costs far less."""
        corner = Point(region.x // BLOCK * BLOCK, region.y // BLOCK * BLOCK)
        if self._block is None or self._block[0] != corner:
            block = Region(corner.x, corner.y, BLOCK, BLOCK)
            self._block = corner, self._renderer.render(block)
        left, top = region.x - corner.x, region.y - corner.y
        return self._block[1][top : top + TILE, left : left + TILE]


def _corners(region: Region | None, step: int) -> Iterator[Point]:
    if region is None:
        return
    for y in range(region.y, region.bottom, step):
        for x in range(region.x, region.right, step):
            yield Point(x, y)


def encode(pixels: Pixels) -> bytes:
    """A JPEG file, YCbCr 4:2:0."""
    picture = np.ascontiguousarray(pixels)
    data: bytes = simplejpeg.encode_jpeg(picture, QUALITY, "RGB", "420")
    return data


def label_picture(recipe: SlideRecipe) -> Pixels:
    """The paper label: it says SYNTHETIC before anything else."""
    picture = Image.new("RGB", (LABEL.width, LABEL.height), (252, 250, 240))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((8, 8, 391, 391), outline=(180, 30, 30), width=6)
    draw.text((200, 110), "SYNTHETIC", (180, 30, 30), font_size=58, anchor="mm")
    lines = (
        "Drawn by a program.",
        "Not tissue. Not a patient.",
        f"seed {recipe.seed}",
        f"recipe version {VERSION}",
    )
    for i, line in enumerate(lines):
        draw.text((200, 195 + 44 * i), line, (40, 40, 40), font_size=26, anchor="mm")
    return np.asarray(picture)


def _level_description(recipe: SlideRecipe, side: int) -> str:
    shrunk = "" if side == recipe.side_px else f" -> {side}x{side}"
    return (
        "Aperio Image Library v0 (SYNTHETIC, written by Dragonfly)\r\n"
        f"{recipe.side_px}x{recipe.side_px}{shrunk} ({TILE}x{TILE}) JPEG/YCbCr "
        f"Q={QUALITY}|AppMag = {OBJECTIVE}|MPP = {MPP}|Synthetic = SYNTHETIC"
        f"|Seed = {recipe.seed}|Recipe = {VERSION}"
    )


def _label_description() -> str:
    return f"Aperio Image Library v0 (SYNTHETIC, written by Dragonfly)\r\nlabel {LABEL}"
