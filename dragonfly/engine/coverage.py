"""How much of a region's tissue was looked at, and how closely."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from dragonfly.engine.answer import Coverage
from dragonfly.geometry import Region
from dragonfly.slide import TissueMask
from dragonfly.zoom import ScoredCell


def measure_coverage(
    mask: TissueMask, region: Region, examined: Iterable[ScoredCell], crop_px: int
) -> tuple[Coverage, ...]:
    """Share of the region's tissue examined at each magnification or a higher one."""
    tissue = mask.pixels * _covered(mask, [region])
    seen = np.zeros_like(tissue)
    by_side: dict[int, list[Region]] = {}
    for scored in examined:
        by_side.setdefault(scored.cell.side, []).append(scored.cell.region)
    shares: list[Coverage] = []
    for side in sorted(by_side):
        seen = np.maximum(seen, _covered(mask, by_side[side]))
        share = float((tissue * seen).sum() / max(tissue.sum(), 1e-12))
        shares.append(Coverage(round(side / crop_px, 4), round(min(1.0, share), 4)))
    return tuple(reversed(shares))


def _covered(mask: TissueMask, regions: Iterable[Region]) -> NDArray[np.float64]:
    """The part of each mask pixel that the regions cover together, 0 to 1."""
    height, width = mask.pixels.shape
    covered = np.zeros((height, width))
    for region in regions:
        down = _overlap(region.y, region.bottom, mask.scale_y, height)
        across = _overlap(region.x, region.right, mask.scale_x, width)
        rows, columns = slice(*_span(down)), slice(*_span(across))
        part = np.outer(down[rows], across[columns])
        covered[rows, columns] = np.maximum(covered[rows, columns], part)
    return covered


def _overlap(start: int, end: int, scale: float, count: int) -> NDArray[np.float64]:
    edges = np.arange(count + 1) * scale
    shared = np.minimum(edges[1:], end) - np.maximum(edges[:-1], start)
    return np.asarray(np.clip(shared / scale, 0, 1))


def _span(overlap: NDArray[np.float64]) -> tuple[int, int]:
    touched = np.flatnonzero(overlap)
    return (0, 0) if touched.size == 0 else (int(touched[0]), int(touched[-1]) + 1)
