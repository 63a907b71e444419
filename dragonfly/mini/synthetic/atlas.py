"""The coarse maps of a synthetic slide, from which any part of it can be drawn.

One value every 32 level-0 pixels: how deep in tissue, nest, lumen or fold a place is,
where fat lies, how the fibres run. A slide of 60,000 px has maps of 3.5 million
values, so they are held whole; pixels never are.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dragonfly.mini.synthetic.lattice import Plane, Window, covering, noise, spread
from dragonfly.mini.synthetic.layout import Layout, Nest, Stroke
from dragonfly.mini.synthetic.outline import Floats, Outline
from dragonfly.mini.synthetic.recipe import SlideRecipe

STEP = 32
PAD = 8
FAR = -2000

Map = NDArray[np.int16]


def fibre_course(seed: int, window: Window) -> tuple[Plane, Plane]:
    """Distance along and across the fibres, in level-0 pixels, at each pixel."""
    angle = np.random.default_rng([seed, 11]).uniform(0, 2 * np.pi)
    cosine, sine = round(1024 * np.cos(angle)), round(1024 * np.sin(angle))
    rows, columns = window.shape
    x = window.x + window.step * np.arange(columns, dtype=np.int32)[None, :]
    y = window.y + window.step * np.arange(rows, dtype=np.int32)[:, None]
    # Sixteenths of a pixel until the end: whole pixels would show as steps.
    across = (x * cosine + y * sine) >> 6
    along = (y * cosine - x * sine) >> 6
    across = across + noise(seed + 1, 4096, window, 4) * 3
    across += noise(seed + 2, 1024, window, 4) * 5 >> 3
    across += noise(seed + 3, 256, window, 4) * 5 >> 5
    across += noise(seed + 5, 64, window, 4) >> 5
    along = along + noise(seed + 4, 1024, window, 4)
    return along >> 4, across >> 4


@dataclass(frozen=True, slots=True)
class Atlas:
    """The maps; each array is indexed [row, column] from -8 x 32 level-0 pixels."""

    tissue: Map
    nest: Map
    lumen: Map
    fold: Map
    fat: Map
    owner: Map
    angle: NDArray[np.uint8]

    def spread(self, values: Map, window: Window) -> Plane:
        """A map's values, joined smoothly, at each pixel of `window`."""
        left, top, columns, rows = covering(window, STEP)
        part = values[top + PAD : top + PAD + rows, left + PAD : left + PAD + columns]
        return spread(part.astype(np.int32), STEP, window)

    def at(
        self, values: NDArray[np.generic], x: NDArray[np.int64], y: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """A map's nearest value at level-0 points."""
        rows = np.clip((y + STEP // 2) // STEP + PAD, 0, values.shape[0] - 1)
        columns = np.clip((x + STEP // 2) // STEP + PAD, 0, values.shape[1] - 1)
        return values[rows, columns].astype(np.int64)

    def deepest(self, values: Map, window: Window) -> int:
        """No pixel of `window` is deeper than this in the mapped structure."""
        left, top, columns, rows = covering(window, STEP)
        part = values[top + PAD : top + PAD + rows, left + PAD : left + PAD + columns]
        return int(part.max())


def draw_atlas(recipe: SlideRecipe, layout: Layout) -> Atlas:
    """Draw the maps of everything in `layout`."""
    side = recipe.side_px // STEP + 2 * PAD
    coordinates = np.arange(side, dtype=np.float64) * STEP - PAD * STEP
    maps = {name: np.full((side, side), FAR, np.int16) for name in ("t", "n", "l", "f")}
    owner = np.full((side, side), -1, np.int16)
    for island in layout.islands:
        _engrave(maps["t"], island.outline, coordinates)
    for index, nest in enumerate((*layout.nests, *layout.vessels)):
        _engrave_nest(maps["n"], maps["l"], owner, nest, index, coordinates)
    if layout.fold:
        _engrave_stroke(maps["f"], layout.fold, coordinates)
    window = Window(-PAD * STEP, -PAD * STEP, side * STEP, side * STEP, STEP)
    _fray(maps["t"], recipe.seed, window)
    return Atlas(
        maps["t"],
        maps["n"],
        maps["l"],
        maps["f"],
        _fat(recipe.seed, window, maps["t"], maps["n"]),
        owner,
        _fibre_angle(recipe.seed, window),
    )


def _fray(tissue: Map, seed: int, window: Window) -> None:
    """Let the tissue's border waver more than its outline does, in place."""
    sway = noise(seed + 33, 512, window) // 5 + noise(seed + 34, 128, window) // 12
    near = tissue > FAR
    tissue[near] += sway[near].astype(np.int16)


def _fat(seed: int, window: Window, tissue: Map, nest: Map) -> Map:
    """Positive in the lobules of fat, which keep clear of nests and of the border."""
    lobules = noise(seed + 31, 2048, window) + noise(seed + 32, 512, window)
    clear = np.minimum(-nest - 150, tissue - 150)
    fat: Map = np.minimum(lobules // 2 - 280, clear).astype(np.int16)
    return fat


def _fibre_angle(seed: int, window: Window) -> NDArray[np.uint8]:
    """The direction of the fibres in 256ths of a full turn."""
    _, across = fibre_course(seed, window)
    down, right = np.gradient(across.astype(np.float64))
    turn = np.arctan2(right, -down) / (2 * np.pi)
    steps = np.rint(turn * 256).astype(np.int64) & 255
    angle: NDArray[np.uint8] = steps.astype(np.uint8)
    return angle


def _block(outline: Outline, coordinates: Floats) -> tuple[slice, slice, Floats]:
    margin = 10 * STEP
    reach = outline.reach + margin
    rows = slice(*np.searchsorted(coordinates, [outline.y - reach, outline.y + reach]))
    columns = slice(
        *np.searchsorted(coordinates, [outline.x - reach, outline.x + reach])
    )
    depth = outline.depth(coordinates[None, columns], coordinates[rows, None])
    return rows, columns, np.clip(depth, FAR, -FAR)


def _engrave(values: Map, outline: Outline, coordinates: Floats) -> None:
    rows, columns, depth = _block(outline, coordinates)
    part = values[rows, columns]
    np.maximum(part, np.rint(depth).astype(np.int16), out=part)


def _engrave_nest(
    nests: Map,
    lumens: Map,
    owner: Map,
    nest: Nest,
    index: int,
    coordinates: Floats,
) -> None:
    rows, columns, depth = _block(nest.outline, coordinates)
    whole = np.rint(depth).astype(np.int16)
    if nest.kind == "vessel":
        known, hollow = lumens[rows, columns], whole
    else:
        known = nests[rows, columns]
        hollow = whole - np.int16(nest.wall or -FAR)
    part = owner[rows, columns]
    part[(whole > known) & (whole > -4 * STEP)] = index
    lumen = lumens[rows, columns]
    np.maximum(lumen, hollow, out=lumen)
    if nest.kind != "vessel":
        np.maximum(known, whole, out=known)


def _engrave_stroke(values: Map, stroke: Stroke, coordinates: Floats) -> None:
    depth = stroke_depth(stroke, coordinates[None, :], coordinates[:, None])
    np.maximum(values, np.clip(depth, FAR, -FAR).astype(np.int16), out=values)


def stroke_depth(stroke: Stroke, x: Floats, y: Floats) -> Floats:
    """How far inside the drawn line each point lies, in pixels."""
    nearest = np.full(np.broadcast(x, y).shape, np.inf)
    for (ax, ay), (bx, by) in zip(stroke.points, stroke.points[1:], strict=False):
        dx, dy = bx - ax, by - ay
        share = ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)
        share = np.clip(share, 0, 1)
        away = np.hypot(x - ax - share * dx, y - ay - share * dy)
        np.minimum(nearest, away, out=nearest)
    return stroke.half_width - nearest
