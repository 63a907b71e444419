"""Overview, best regions, best cells within them, down to native resolution.

1. Cut the region into square cells, as small as the budget allows; keep those with
   tissue; score them by a rule; the best ones become mid crops.
2. At every further magnification open the best cell of each mid crop, examine its
   children that hold tissue, and score them among all cells of that magnification.
3. Each mid crop's high crops are its best descendants, shared over magnifications
   with the remainder at the finest. Missing ones are filled with the next best.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from dragonfly.errors import QuestionError
from dragonfly.geometry import Region
from dragonfly.zoom.budget import Budget
from dragonfly.zoom.cells import Cell, cell_count, plan_sides, tile
from dragonfly.zoom.novelty import Novelty
from dragonfly.zoom.scoring import Scorer, Scores

Look = Callable[[Sequence[Region]], Tensor]
"""Examine regions: the scorer's description of each, shape (n, d)."""
TissueShare = Callable[[Region], float]
"""The part of a region that is tissue, 0 to 1."""

CELLS_PER_LOOK = 16
"""Cells examined between two events: the descent can be left after each look."""
LEAST_TISSUE = 0.05
"""Share of a cell that must be tissue for it to be examined."""
MOST_COUNTED = 64
"""Cells in units of the budget beyond which nobody asks which of them hold tissue."""
MOST_OVERLAP = 0.25
"""Share of a high crop that another one of its size may show already."""


@dataclass(frozen=True)
class ScoredCell:
    """An examined cell, its score weighted by its share of tissue, and the rule."""

    cell: Cell
    score: float
    rule: str


@dataclass(frozen=True)
class Examined:
    """Cells just looked at, in magnification `step` of `steps`, of `of` cells."""

    cells: tuple[Cell, ...]
    step: int
    steps: int
    of: int


@dataclass(frozen=True)
class Selected:
    """One cell that becomes a mid or a high crop."""

    scored: ScoredCell
    is_mid: bool


@dataclass(frozen=True)
class Descent:
    """The chosen crops: mid crops, and the high crops of each, in the same order."""

    mids: tuple[ScoredCell, ...]
    highs: tuple[tuple[ScoredCell, ...], ...]
    examined: tuple[ScoredCell, ...]


@dataclass(frozen=True)
class Wanted:
    """The crops that the model's layout has room for."""

    crop_px: int
    mids: int
    highs_per_mid: int


def descend(
    region: Region,
    wanted: Wanted,
    look: Look,
    tissue_share: TissueShare,
    budget: Budget,
    scorer: Scorer | None = None,
) -> Generator[Examined | Selected, None, Descent]:
    """Choose the crops of a large region.

    Args:
        region: in level-0 pixels, with more native cells than crops are wanted.
        look: examines regions and returns the scorer's description of each.
        tissue_share: cells with less than `LEAST_TISSUE` are not examined, and scores
            count in proportion, for glass beside tissue is always novel.
        scorer: ranks the cells; novelty where none is given.

    Yields:
        cells as they are examined, and each cell when it is selected.

    Raises:
        QuestionError: SLIDE_NO_TISSUE, there is nothing to look at.
    """
    scorer = scorer or Novelty()
    count = partial(_tissue_cells, region, tissue_share, budget)
    sides = plan_sides(
        region, wanted.crop_px, wanted.mids, budget.cells, scorer.finest, count
    )
    examine = partial(_examine, look, tissue_share, scorer, len(sides))
    first = yield from examine(tile(region, sides[0], 0, None), 1)
    if not first.cells:
        raise QuestionError(
            "SLIDE_NO_TISSUE",
            "No tissue was found in this region. Choose another region to ask about.",
        )
    picks = scorer.pick(first.described, first.scores, wanted.mids)
    mids = tuple(first.scored[index] for index in picks)
    for mid in mids:
        yield Selected(mid, is_mid=True)
    layers = [first]
    open_cells = [mid.cell for mid in mids]
    for step, side in enumerate(sides[1:], start=2):
        children = (c for p in open_cells for c in tile(p.region, side, step - 1, p))
        layer = yield from examine(children, step)
        layers.append(layer)
        open_cells = [
            scored.cell for mid in mids for scored in _best(layer.below(mid.cell), 1)
        ]
    highs = _share_out(mids, layers, wanted.highs_per_mid)
    for scored in (s for group in highs for s in group):
        yield Selected(scored, is_mid=False)
    examined = tuple(s for layer in layers for s in layer.scored)
    return Descent(mids, highs, examined)


class Picker:
    """Takes cells that hardly overlap any cell of their size taken before."""

    def __init__(self, taken: Iterable[Cell]) -> None:
        self._taken = list(taken)

    def take(self, ranked: Iterable[ScoredCell], count: int) -> list[ScoredCell]:
        """The first `count` of `ranked` that show something new."""
        picks: list[ScoredCell] = []
        for scored in ranked:
            if len(picks) >= count:
                break
            if not any(_overlap(scored.cell, other) for other in self._taken):
                picks.append(scored)
                self._taken.append(scored.cell)
        return picks


def _overlap(cell: Cell, other: Cell) -> bool:
    if cell.side != other.side:
        return False
    shared = cell.region.intersection(other.region)
    return shared is not None and shared.area > MOST_OVERLAP * cell.region.area


def _tissue_cells(
    region: Region, tissue_share: TissueShare, budget: Budget, side: int
) -> int:
    """Cells of a side that would be examined."""
    most = cell_count(region, side)
    if most > MOST_COUNTED * budget.cells:
        return most
    cells = tile(region, side, 0, None)
    return sum(tissue_share(cell.region) >= LEAST_TISSUE for cell in cells)


@dataclass(frozen=True)
class _Layer:
    cells: tuple[Cell, ...]
    described: Tensor
    scores: Scores

    @property
    def scored(self) -> tuple[ScoredCell, ...]:
        values = self.scores.values.tolist()
        rule = self.scores.rule
        return tuple(
            ScoredCell(c, v, rule) for c, v in zip(self.cells, values, strict=True)
        )

    def below(self, mid: Cell) -> list[ScoredCell]:
        return [s for s in self.scored if s.cell.ancestor_at(0) is mid]


def _examine(
    look: Look,
    tissue_share: TissueShare,
    scorer: Scorer,
    steps: int,
    cells: Iterable[Cell],
    step: int,
) -> Generator[Examined, None, _Layer]:
    shares = {cell: tissue_share(cell.region) for cell in cells}
    kept = tuple(cell for cell, share in shares.items() if share >= LEAST_TISSUE)
    if not kept:
        return _Layer((), torch.zeros(0, 1), Scores(torch.zeros(0), ""))
    parts = []
    for start in range(0, len(kept), CELLS_PER_LOOK):
        part = kept[start : start + CELLS_PER_LOOK]
        parts.append(look([cell.region for cell in part]))
        yield Examined(part, step, steps, len(kept))
    described = torch.cat(parts)
    found = scorer.score(described, is_finest=step == steps)
    weights = torch.tensor([shares[cell] for cell in kept])
    return _Layer(kept, described, Scores(found.values * weights, found.rule))


def _best(scored: Iterable[ScoredCell], count: int) -> list[ScoredCell]:
    return sorted(scored, key=lambda s: -s.score)[:count]


def _share_out(
    mids: Sequence[ScoredCell], layers: Sequence[_Layer], per_mid: int
) -> tuple[tuple[ScoredCell, ...], ...]:
    picker = Picker(mid.cell for mid in mids)
    groups = [_highs_of(mid, layers[1:], per_mid, picker) for mid in mids]
    for layer in reversed(layers):
        ranked = _best(layer.scored, len(layer.cells))
        for group in groups:
            group += picker.take(ranked, per_mid - len(group))
    return tuple(tuple(group) for group in groups)


def _highs_of(
    mid: ScoredCell, layers: Sequence[_Layer], per_mid: int, picker: Picker
) -> list[ScoredCell]:
    ranked = [_best(layer.below(mid.cell), len(layer.cells)) for layer in layers]
    chosen: list[ScoredCell] = []
    for cells, share in zip(ranked, quotas(per_mid, len(ranked)), strict=True):
        chosen += picker.take(cells, share)
    for cells in reversed(ranked):
        chosen += picker.take(cells, per_mid - len(chosen))
    return chosen


def quotas(slots: int, depths: int) -> list[int]:
    """Share slots over depths, coarse to fine; the finest gets the remainder."""
    if depths == 0:
        return []
    each, rest = divmod(slots, depths)
    if each == 0:
        return [0] * (depths - slots) + [1] * slots
    return [each] * (depths - 1) + [each + rest]
