"""Small pictures of cells, as densities to be added to the two stain planes.

Each kind has a few dozen shapes, drawn once per process from fixed seeds; flips,
rotations and strength make them many. Sizes are level-0 pixels of 0.25 um. The
shapes imitate what pathologists name: vesicular and hyperchromatic nuclei, nucleoli,
metaphase plates, rods. They are drawings, not measurements of cells.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dragonfly.mini.synthetic.outline import Floats
from dragonfly.mini.synthetic.stain import UNIT

CellKind = Literal[
    "epithelial", "tumour", "lymphocyte", "stromal", "mitosis", "rods", "red", "fat"
]
SHAPES = 32
TURNS = 32

Density = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Sprite:
    """Haematoxylin and eosin to add, both (side, side) in 1/512 of density."""

    haematoxylin: Density
    eosin: Density


@dataclass(frozen=True, slots=True)
class Body:
    """Where a cell is being drawn: coordinates turned and stretched to its axes."""

    x: Floats
    y: Floats
    random: np.random.Generator

    def depth(self, radius_x: float, radius_y: float, roughness: float) -> Floats:
        """Pixels inside a wavering ellipse around the middle."""
        angle = np.arctan2(self.y / radius_y, self.x / radius_x)
        ratio = np.hypot(self.x / radius_x, self.y / radius_y)
        edge = np.ones_like(ratio)
        for times in range(2, 6):
            phase = self.random.uniform(0, 2 * np.pi)
            edge += roughness / times * np.cos(times * angle + phase)
        return (edge - ratio) * min(radius_x, radius_y)

    def blobs(self, count: int, spread: float, radius: float) -> Floats:
        """0..1: soft dots scattered within `spread` pixels of the middle."""
        total = np.zeros_like(self.x)
        for _ in range(count):
            angle = self.random.uniform(0, 2 * np.pi)
            away = spread * np.sqrt(self.random.random())
            x, y = away * np.cos(angle), away * np.sin(angle)
            size = radius * self.random.uniform(0.7, 1.3)
            total += np.exp(-((self.x - x) ** 2 + (self.y - y) ** 2) / size**2)
        return np.minimum(total, 1)


def sprite(kind: CellKind, shape: int, turn: int) -> Sprite:
    """Shape `shape` (0..31) of a kind, turned by `turn` 32nds of a full turn."""
    # A half turn is a flip of the stored picture: half as many are drawn and kept.
    drawn = _drawn(kind, shape, turn % (TURNS // 2))
    if turn < TURNS // 2:
        return drawn
    return Sprite(drawn.haematoxylin[::-1, ::-1], drawn.eosin[::-1, ::-1])


@lru_cache(maxsize=8192)
def _drawn(kind: CellKind, shape: int, turn: int) -> Sprite:
    side, draw = _KINDS[kind]
    place = np.arange(side) - (side - 1) / 2
    angle = turn * 2 * np.pi / TURNS
    across, down = place[None, :], place[:, None]
    body = Body(
        across * np.cos(angle) + down * np.sin(angle),
        down * np.cos(angle) - across * np.sin(angle),
        np.random.default_rng([77, sorted(_KINDS).index(kind), shape]),
    )
    haematoxylin, eosin = draw(body)
    return Sprite(_as_density(haematoxylin), _as_density(eosin))


def _as_density(values: Floats) -> Density:
    return np.rint(values * UNIT).astype(np.int16)


def _soft(depth: Floats, width: float = 1.6) -> Floats:
    """0 outside, 1 inside, with an edge as blurred as a 40x objective leaves it."""
    share = np.clip(depth / (2 * width) + 0.5, 0, 1)
    return share * share * (3 - 2 * share)


def _epithelial(body: Body) -> tuple[Floats, Floats]:
    """An oval vesicular nucleus with a fine rim, in a faintly bordered cell."""
    random = body.random
    long, short = random.uniform(17, 20), random.uniform(12.5, 15)
    depth = body.depth(long, short, 0.06)
    inside = _soft(depth)
    rim = inside * np.exp(-((depth - 1.5) ** 2) / 4)
    chromatin = body.blobs(16, 13, 2.6)
    dot = body.blobs(1, 5, 2.0) * 0.25
    density = inside * (0.62 + 0.28 * chromatin + dot) + 0.38 * rim
    cell = body.depth(25, 22, 0.12)
    border = 0.07 * np.exp(-(cell**2) / 5)
    return density, -0.22 * inside + border


def _tumour(body: Body) -> tuple[Floats, Floats]:
    """Large, uneven, coarse chromatin, one to three prominent nucleoli."""
    random = body.random
    long, short = random.uniform(17, 27), random.uniform(14, 20)
    depth = body.depth(long, short, 0.22)
    inside = _soft(depth)
    rim = inside * np.exp(-((depth - 1.5) ** 2) / 5)
    chromatin = body.blobs(12, 17, 4.2)
    nucleoli = _soft(
        np.log(body.blobs(int(random.integers(1, 4)), 9, 4.8) + 1e-9) + 1, 0.25
    )
    shade = random.uniform(0.40, 0.62)
    density = inside * (shade + 0.30 * chromatin) + 0.35 * rim
    density = density * (1 - nucleoli) + nucleoli * inside * 1.75
    return density, inside * (-0.15 + 0.5 * nucleoli)


def _lymphocyte(body: Body) -> tuple[Floats, Floats]:
    """Small, round, dark, with clumped chromatin and hardly any cytoplasm."""
    radius = body.random.uniform(11.5, 14)
    depth = body.depth(radius, radius * body.random.uniform(0.88, 1), 0.04)
    inside = _soft(depth)
    clumps = body.blobs(7, 10, 3.2)
    halo = _soft(depth + 5) - inside
    return inside * (0.88 + 0.40 * clumps), -0.2 * inside - 0.08 * halo


def _stromal(body: Body) -> tuple[Floats, Floats]:
    """A thin spindle along the fibres."""
    random = body.random
    long, short = random.uniform(20, 32), random.uniform(3.6, 6)
    bend = random.uniform(-0.008, 0.008)
    bent = Body(body.x, body.y + bend * body.x**2, random)
    depth = bent.depth(long, short, 0.05)
    inside = _soft(depth, 1.3)
    return inside * (0.75 + 0.3 * body.blobs(8, 18, 3)), -0.1 * inside


def _mitosis(body: Body) -> tuple[Floats, Floats]:
    """A metaphase plate, two anaphase plates or a prometaphase clump; a clear cell."""
    random = body.random
    kind = random.random()
    if kind < 0.55:
        dense = _plate(body, 0.0, random.uniform(13, 18), random.uniform(3.8, 5.4))
    elif kind < 0.8:
        apart = random.uniform(7, 10)
        dense = np.maximum(_plate(body, apart, 13, 3.4), _plate(body, -apart, 13, 3.4))
    else:
        dense = 0.8 * _soft(body.depth(10, 8.5, 0.45), 1.0)
    cell = _soft(body.depth(24, 21, 0.08), 3)
    border = 0.10 * np.exp(-(body.depth(24, 22, 0.06) ** 2) / 5)
    return 2.1 * dense - 0.04 * cell, border - 0.06 * cell


def _plate(body: Body, offset: float, long: float, short: float) -> Floats:
    ragged = body.random.uniform(1.0, 2.0) * np.sin(
        body.x * body.random.uniform(0.6, 1.1) + body.random.uniform(0, 6)
    )
    moved = Body(body.x, body.y - offset + 0.4 * ragged, body.random)
    return _soft(moved.depth(long, short, 0.10) + 0.5 * ragged, 1.0)


def _rods(body: Body) -> tuple[Floats, Floats]:
    """A colony of slender rods, 2-4 um long and half a micrometre thick."""
    random = body.random
    dense = np.zeros_like(body.x)
    for _ in range(int(random.integers(7, 11))):
        angle, away = random.uniform(0, 6.283), 24 * np.sqrt(random.random())
        x = body.x - away * np.cos(angle)
        y = body.y - away * np.sin(angle)
        turn, half = random.uniform(0, np.pi), random.uniform(4.5, 7.5)
        along = x * np.cos(turn) + y * np.sin(turn)
        across = y * np.cos(turn) - x * np.sin(turn)
        beyond = np.maximum(np.abs(along) - half, 0)
        rod = _soft(1.5 - np.hypot(beyond, across), 0.8)
        np.maximum(dense, rod, out=dense)
    return 1.15 * dense, -0.1 * dense


def _red(body: Body) -> tuple[Floats, Floats]:
    """An erythrocyte: a disc of 7 um, paler in the middle."""
    depth = body.depth(13.5, body.random.uniform(11, 13.5), 0.05)
    disc = _soft(depth)
    pale = np.exp(-(body.x**2 + body.y**2) / 30)
    return 0.02 * disc, disc * (0.62 - 0.2 * pale)


def _fat(body: Body) -> tuple[Floats, Floats]:
    """An empty vacuole: takes away whatever lies there, and leaves a thin wall."""
    random = body.random
    depth = body.depth(random.uniform(92, 112), random.uniform(84, 104), 0.10)
    wall = np.exp(-((depth - 1) ** 2) / 7)
    inside = _soft(depth)
    return -4.0 * inside, 0.35 * wall - 4.0 * _soft(depth - 5)


_Draw = Callable[[Body], tuple[Floats, Floats]]
_KINDS: dict[CellKind, tuple[int, _Draw]] = {
    "epithelial": (64, _epithelial),
    "tumour": (72, _tumour),
    "lymphocyte": (48, _lymphocyte),
    "stromal": (80, _stromal),
    "mitosis": (64, _mitosis),
    "rods": (72, _rods),
    "red": (40, _red),
    "fat": (248, _fat),
}
REACH = max(side for side, _ in _KINDS.values()) // 2
