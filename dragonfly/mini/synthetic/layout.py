"""Where everything on a synthetic slide lies, before a pixel is drawn.

Pieces of tissue, the nests and vessels inside them, the hidden targets, the fold, the
pen mark and the dust. Knows level-0 pixels; knows nothing of colour.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from dragonfly.geometry import Region, Size
from dragonfly.mini.synthetic.outline import Outline, organic_outline
from dragonfly.mini.synthetic.recipe import (
    Background,
    RecipeError,
    SlideRecipe,
    TargetKind,
)

NEST_GRID, VESSEL_GRID = 820, 1300
MARGIN = 0.03
PEN_STRIP = 0.13
ATTEMPTS = 20

NestKind = Background | TargetKind | Literal["vessel"]


@dataclass(frozen=True, slots=True)
class Island:
    """One piece of tissue."""

    outline: Outline

    def depth(self, x: float, y: float) -> float:
        """How far inside the tissue a point lies, in pixels."""
        return float(self.outline.depth(np.array([x]), np.array([y]))[0])


@dataclass(frozen=True, slots=True)
class Nest:
    """A body of cells in the stroma; `wall` is the depth of cells round a lumen."""

    outline: Outline
    kind: NestKind
    wall: int | None = None

    @property
    def region(self) -> Region:
        """The box around the nest."""
        x, y = self.outline.edge()
        return Region.from_bounds(
            math.floor(x.min()),
            math.floor(y.min()),
            math.ceil(x.max()),
            math.ceil(y.max()),
        )


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line on the glass or a fold in the tissue: its points and half its width."""

    points: tuple[tuple[float, float], ...]
    half_width: float


@dataclass(frozen=True, slots=True)
class Layout:
    """Everything that is on the slide. `targets` are those of `nests` that hide."""

    islands: tuple[Island, ...]
    nests: tuple[Nest, ...]
    vessels: tuple[Nest, ...]
    targets: tuple[Nest, ...]
    fold: Stroke | None
    pen: Stroke | None


def lay_out(recipe: SlideRecipe) -> Layout:
    """Place everything that `recipe` asks for.

    Raises:
        RecipeError: `RECIPE_NO_ROOM`, the targets do not fit on so small a slide.
    """
    for attempt in range(ATTEMPTS):
        random = np.random.default_rng([recipe.seed, attempt])
        layout = _try_layout(recipe, random)
        if layout is not None:
            return layout
    raise RecipeError(
        "RECIPE_NO_ROOM",
        f"{len(recipe.targets)} targets do not fit on a slide of {recipe.side_px} px "
        f"with {recipe.fragments} pieces. Make the slide larger or hide fewer.",
    )


def _try_layout(recipe: SlideRecipe, random: np.random.Generator) -> Layout | None:
    field, strip = _field_and_strip(recipe, random)
    islands = tuple(_islands(field, recipe.fragments, random))
    nests = list(_nests(recipe, islands, random))
    rooms = [i for i, nest in enumerate(nests) if _can_hide(nest, recipe.side_px)]
    if len(rooms) < len(recipe.targets):
        return None
    chosen = random.choice(rooms, len(recipe.targets), replace=False) if rooms else ()
    for index, kind in zip(chosen, recipe.targets, strict=True):
        nests[index] = Nest(nests[index].outline, kind)
    vessels = tuple(_vessels(recipe.side_px, islands, nests, random))
    return Layout(
        islands,
        tuple(nests),
        vessels,
        tuple(nests[index] for index in chosen),
        _fold(islands, random) if recipe.fold else None,
        _pen(strip, random) if strip else None,
    )


def _field_and_strip(
    recipe: SlideRecipe, random: np.random.Generator
) -> tuple[Region, Region | None]:
    side = recipe.side_px
    edge = round(side * MARGIN)
    field = Region(edge, edge, side - 2 * edge, side - 2 * edge)
    if recipe.pen is None:
        return field, None
    deep = round(side * PEN_STRIP)
    if random.random() < 0.5:
        return (
            Region(field.x, field.y + deep, field.width, field.height - deep),
            Region(field.x, edge, field.width, deep - edge),
        )
    return (
        Region(field.x, field.y, field.width, field.height - deep),
        Region(field.x, field.bottom - deep + edge, field.width, deep - edge),
    )


def _islands(
    field: Region, count: int, random: np.random.Generator
) -> Iterator[Island]:
    across = {1: 1, 2: 2, 3: 3, 4: 2}[count]
    down = count // across
    if count < 4 and random.random() < 0.5:
        across, down = down, across
    for cell in field.grid(across, down):
        middle = (cell.x + cell.width / 2, cell.y + cell.height / 2)
        loose = organic_outline(random, middle, (cell.width, cell.height), 0.22)
        # Filling at most 95 % of its own cell keeps each piece apart from the others.
        share_x, share_y = random.uniform(0.86, 0.95, 2)
        fitted = loose.fitted(cell.width * share_x / 2, cell.height * share_y / 2)
        yield Island(fitted)


def _depth(islands: tuple[Island, ...], x: float, y: float) -> float:
    return max(island.depth(x, y) for island in islands)


def _nests(
    recipe: SlideRecipe, islands: tuple[Island, ...], random: np.random.Generator
) -> Iterator[Nest]:
    for x, y in _scattered(recipe.side_px, NEST_GRID, random):
        radii = random.uniform(150, 340, 2)
        outline = organic_outline(random, (x, y), (radii[0], radii[1]), 0.34)
        hollow = random.random() < 0.3 and radii.min() > 220
        wall = int(random.integers(95, 130)) if hollow else None
        empty = random.random() < 0.18
        if not empty and _depth(islands, x, y) > outline.reach + 60:
            yield Nest(outline, recipe.background, wall)


def _vessels(
    side: int,
    islands: tuple[Island, ...],
    nests: list[Nest],
    random: np.random.Generator,
) -> Iterator[Nest]:
    for x, y in _scattered(side, VESSEL_GRID, random):
        radii = random.uniform(45, 120, 2)
        outline = organic_outline(random, (x, y), (radii[0], radii[1]), 0.25)
        clear = all(
            math.hypot(x - n.outline.x, y - n.outline.y)
            > n.outline.reach + outline.reach + 50
            for n in nests
        )
        if clear and _depth(islands, x, y) > outline.reach + 60:
            yield Nest(outline, "vessel")


def _scattered(
    side: int, grid: int, random: np.random.Generator
) -> Iterator[tuple[float, float]]:
    """One point per cell of a hexagonal grid, moved at random by a seventh of it."""
    for row in range(side // grid + 1):
        for column in range(side // grid + 1):
            shift_x, shift_y = random.uniform(-0.14, 0.14, 2)
            x = (column + 0.5 * (row % 2) + 0.25 + shift_x) * grid
            yield float(x), float((row + 0.5 + shift_y) * grid)


def _can_hide(nest: Nest, side: int) -> bool:
    """Solid, large, and clear of the midlines so that its quadrant is no riddle."""
    middle, clear = side / 2, 0.05 * side
    off_lines = min(abs(nest.outline.x - middle), abs(nest.outline.y - middle)) > clear
    smallest = min(nest.outline.radius_x, nest.outline.radius_y)
    inside = Region.of(Size(side, side)).contains(nest.region)
    return nest.wall is None and smallest > 205 and off_lines and inside


def _fold(islands: tuple[Island, ...], random: np.random.Generator) -> Stroke:
    outline = islands[int(random.integers(len(islands)))].outline
    angle, reach = random.uniform(0, math.pi), random.uniform(0.45, 0.7)
    dx = math.cos(angle) * outline.radius_x * reach
    dy = math.sin(angle) * outline.radius_y * reach
    bend = random.uniform(-0.15, 0.15)
    points = (
        (outline.x - dx, outline.y - dy),
        (outline.x - dy * bend, outline.y + dx * bend),
        (outline.x + dx, outline.y + dy),
    )
    return Stroke(points, float(random.uniform(45, 75)))


def _pen(strip: Region, random: np.random.Generator) -> Stroke:
    length = strip.width * random.uniform(0.2, 0.4)
    half_width = strip.height * 0.09
    left = random.uniform(strip.x + half_width, strip.right - length - half_width)
    count = int(random.integers(6, 10))
    x = left + np.linspace(0, length, count)
    sway = strip.height * 0.28 * np.where(np.arange(count) % 2, 1, -1)
    y = strip.y + strip.height / 2 + sway * random.uniform(0.4, 1, count)
    points = tuple((float(a), float(b)) for a, b in zip(x, y, strict=True))
    return Stroke(points, half_width)
