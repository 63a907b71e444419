"""How much of a region's tissue was looked at, and how closely."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dragonfly.engine.answer import Coverage
from dragonfly.geometry import Region
from dragonfly.slide import TissueMask
from dragonfly.zoom import ScoredCell


def measure_coverage(
    mask: TissueMask, region: Region, examined: Iterable[ScoredCell], crop_px: int
) -> tuple[Coverage, ...]:
    """Share of the region's tissue examined at each magnification or a higher one."""
    by_side: dict[int, list[Region]] = {}
    for scored in examined:
        by_side.setdefault(scored.cell.side, []).append(scored.cell.region)
    seen: list[Region] = []
    shares: list[Coverage] = []
    for side in sorted(by_side):
        seen += by_side[side]
        shares.append(
            Coverage(round(side / crop_px, 4), round(_share(mask, region, seen), 4))
        )
    return tuple(reversed(shares))


def _share(mask: TissueMask, region: Region, seen: Sequence[Region]) -> float:
    return mask.covered_share(region, seen)
