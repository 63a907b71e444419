"""Which cells lie in a part of a synthetic slide.

Every cell belongs to one square of a fixed grid and follows from a hash of that
square, so a cell on a border is the same from both sides. Knows the maps, not colour.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dragonfly.mini.synthetic.atlas import Atlas
from dragonfly.mini.synthetic.lattice import Hashes, Window, hashes
from dragonfly.mini.synthetic.layout import Nest
from dragonfly.mini.synthetic.sprite import REACH, SHAPES, TURNS, CellKind

EPITHELIUM_GRID, STROMA_GRID, RED_GRID, FAT_GRID = 46, 76, 25, 206

Whole = NDArray[np.int64]
KINDS: tuple[CellKind, ...] = (
    "fat",
    "stromal",
    "epithelial",
    "tumour",
    "lymphocyte",
    "mitosis",
    "rods",
    "red",
)
_CODE = {kind: code for code, kind in enumerate(KINDS)}


@dataclass(frozen=True, slots=True)
class Cells:
    """Cells by level-0 centre; `turn` in 32nds of a turn, `gain` in 64ths."""

    x: Whole
    y: Whole
    kind: Whole
    shape: Whole
    turn: Whole
    gain: Whole

    def __len__(self) -> int:
        return len(self.x)

    def where(self, kept: NDArray[np.bool_]) -> "Cells":
        return Cells(
            self.x[kept],
            self.y[kept],
            self.kind[kept],
            self.shape[kept],
            self.turn[kept],
            self.gain[kept],
        )


def cells_in(
    seed: int,
    window: Window,
    atlas: Atlas,
    nests: Sequence[Nest],
    disguised: Collection[int] = (),
    base: CellKind = "epithelial",
) -> Iterator[Cells]:
    """The cells that can reach into `window`, in the order they are to be drawn.

    Nests whose index is in `disguised` are drawn with `base` cells instead of their
    own: that is how their look at low magnification is taken over.
    """
    kinds = ["" if i in disguised else nest.kind for i, nest in enumerate(nests)]
    codes = np.array([*kinds, ""])
    wide = window.grown(REACH)
    yield _fat(seed, wide, atlas)
    yield _stroma(seed, wide, atlas)
    yield from _epithelium(seed, wide, atlas, codes, base)
    yield _blood(seed, wide, atlas, codes)


def _grid(seed: int, window: Window, pitch: int) -> tuple[Cells, Hashes]:
    """One candidate per grid square, shifted at random, and spare random bits."""
    columns = np.arange(window.x // pitch - 1, (window.x + window.width) // pitch + 1)
    rows = np.arange(window.y // pitch - 1, (window.y + window.height) // pitch + 1)
    column, row = (a.ravel() for a in np.meshgrid(columns, rows))
    place, look = hashes(seed, column, row), hashes(seed + 1, column, row)
    room = pitch * 7 // 10
    x = column * pitch + (row & 1) * (pitch // 2) + _share(place, 0, room)
    y = row * pitch + _share(place, 16, room)
    cells = Cells(
        x,
        y,
        np.zeros_like(x),
        _share(look, 0, SHAPES),
        _share(look, 8, TURNS),
        54 + _share(look, 16, 21),
    )
    return cells, hashes(seed + 2, column, row)


def _share(bits: Hashes, shift: int, count: int) -> Whole:
    """Eight of the random bits as a whole number below `count` (at most 256)."""
    byte = (bits >> np.uint32(shift)) & np.uint32(255)
    return (byte.astype(np.int64) * count) >> 8


def _of(cells: Cells, kind: CellKind | Whole, turn: Whole | None = None) -> Cells:
    codes = np.full_like(cells.x, _CODE[kind]) if isinstance(kind, str) else kind
    turn = cells.turn if turn is None else turn % TURNS
    return Cells(cells.x, cells.y, codes, cells.shape, turn, cells.gain)


def _fat(seed: int, window: Window, atlas: Atlas) -> Cells:
    cells, _ = _grid(seed + 100, window, FAT_GRID)
    full = Cells(
        cells.x, cells.y, cells.kind, cells.shape, cells.turn, cells.gain * 0 + 64
    )
    return _of(full, "fat").where(atlas.at(atlas.fat, cells.x, cells.y) > 0)


def _stroma(seed: int, window: Window, atlas: Atlas) -> Cells:
    cells, spare = _grid(seed + 110, window, STROMA_GRID)
    x, y = cells.x, cells.y
    free = (atlas.at(atlas.nest, x, y) < -22) & (atlas.at(atlas.lumen, x, y) < -12)
    free &= (atlas.at(atlas.tissue, x, y) > 24) & (_share(spare, 0, 100) < 62)
    fibres = atlas.at(atlas.angle, x, y) * TURNS // 256
    turn = fibres + _share(spare, 8, 5) - 2
    stray = _share(spare, 16, 100) < 14
    code = np.where(stray, _CODE["lymphocyte"], _CODE["stromal"])
    thin = atlas.at(atlas.fat, x, y) < 0
    return _of(cells, code, turn).where(free & (thin | stray))


def _epithelium(
    seed: int, window: Window, atlas: Atlas, codes: NDArray[np.str_], base: CellKind
) -> Iterator[Cells]:
    cells, spare = _grid(seed + 120, window, EPITHELIUM_GRID)
    x, y = cells.x, cells.y
    depth = atlas.at(atlas.nest, x, y)
    inside = (depth > 10) & (atlas.at(atlas.lumen, x, y) < -10)
    inside &= atlas.at(atlas.tissue, x, y) > 16
    nest = codes[atlas.at(atlas.owner, x, y)]
    dividing = (nest == "mitoses") & (_share(spare, 0, 100) < 45)
    code = np.full_like(x, _CODE[base])
    code[nest == "tumour"] = _CODE["tumour"]
    code[nest == "lymphocytes"] = _CODE["lymphocyte"]
    code[dividing] = _CODE["mitosis"]
    # The outer row of a nest stands upright on its edge, as epithelium does.
    upright = _edge_turn(atlas, x, y) + _share(spare, 8, 5) - 2
    turn = np.where(depth < 44, upright, cells.turn)
    # Rods lie among pale cells, which leave as much room for their stain.
    pale = nest == "rods"
    # Nests differ a little in stain and crowding, so that no one stands out by that.
    owner = atlas.at(atlas.owner, x, y)
    habit = hashes(seed + 123, owner, owner)
    gain = cells.gain * (56 + _share(habit, 0, 21)) >> 6
    gain = np.where(pale, gain * 5 // 8, gain)
    inside &= _share(spare, 16, 100) < 82 + _share(habit, 8, 30)
    paled = Cells(x, y, cells.kind, cells.shape, cells.turn, gain)
    yield _of(paled, code, turn).where(inside)
    aside = _share(spare, 24, 40) - 20
    beside = Cells(x + 22, y + aside, code, cells.shape, cells.turn + 7, cells.gain)
    yield _of(beside, "rods").where(inside & pale & (depth > 34))


def _edge_turn(atlas: Atlas, x: Whole, y: Whole) -> Whole:
    right = atlas.at(atlas.nest, x + 32, y) - atlas.at(atlas.nest, x - 32, y)
    down = atlas.at(atlas.nest, x, y + 32) - atlas.at(atlas.nest, x, y - 32)
    turn = np.arctan2(down, right) / (2 * np.pi) * TURNS
    whole: Whole = np.rint(turn).astype(np.int64)
    return whole


def _blood(seed: int, window: Window, atlas: Atlas, codes: NDArray[np.str_]) -> Cells:
    cells, spare = _grid(seed + 130, window, RED_GRID)
    x, y = cells.x, cells.y
    inside = atlas.at(atlas.lumen, x, y) > 12
    nest = codes[atlas.at(atlas.owner, x, y)]
    return _of(cells, "red").where(
        inside & (nest == "vessel") & (_share(spare, 0, 100) < 70)
    )
