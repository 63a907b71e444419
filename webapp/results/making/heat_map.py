"""A parametric map: the selection scores of the finest regions, on the slide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from highdicom import VOILUTTransformation, pm
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from dragonfly.errors import DragonflyError
from dragonfly.geometry import Region
from webapp.questions.models import EvidenceRegion
from webapp.results.making import codes as ours
from webapp.results.making.grid import Grid, grid_of
from webapp.results.making.repeating import repeat_uids
from webapp.results.making.said import Said, finish

TILE = 256
NOTHING = 0
"""Stored where no region lies, and told as padding. The mapping covers it, for readers
refuse a map with values outside; it would come out just below the lowest score."""
LOWEST, HIGHEST = 1, 65535


@dataclass(frozen=True)
class Scale:
    """Of scores as values of 16 bits: score = slope * value + start."""

    slope: float
    start: float

    def stored(self, score: float) -> int:
        return round((score - self.start) / self.slope)


def make_heat_map(said: Said) -> Dataset:
    """The Parametric Map IOD (PS3.3 section A.75), real values by linear mapping.

    Scores are compared within one rule and one magnification alone, so the map holds
    those of the finest regions and no others.

    Raises:
        DragonflyError: RESULT_NOT_POSSIBLE, no region has a score or a place.
    """
    regions = finest_scored(said.evidence)
    if not regions:
        raise DragonflyError(
            "RESULT_NOT_POSSIBLE", "This answer names no region that has a score."
        )
    grid = grid_of(said.source)
    scale = scale_of([one.score for one in regions])
    made = pm.ParametricMap(
        source_images=[said.source.finest],
        pixel_array=_drawn(grid, scale, regions)[np.newaxis],
        contains_recognizable_visual_features=False,
        real_world_value_mappings=[_mapping(scale, regions[0].rule)],
        voi_lut_transformations=[
            VOILUTTransformation(window_center=32768, window_width=65536)
        ],
        pixel_measures=grid.measures,
        plane_positions=[grid.position],
        tile_pixel_array=True,
        tile_size=(TILE, TILE),
        dimension_organization_type="TILED_FULL",
        manufacturer_model_name=said.model_name,
        software_versions=said.model_digest,
        device_serial_number=said.model_digest,
        content_description="Selection scores, which are no probabilities",
        content_label="SCORES",
        **said.place(),
    )
    made.PixelPaddingValue = NOTHING
    repeat_uids(made, said)
    return finish(made, said)


def finest_scored(evidence: Sequence[EvidenceRegion]) -> list[EvidenceRegion]:
    """What a rule scored at the finest magnification; of two rules, the first one's."""
    scored = [one for one in evidence if one.kind not in ours.BY_PERSON]
    if not scored:
        return []
    best = min(scored, key=lambda one: (one.downsample, one.number))
    layer = (best.rule, best.resolution, best.downsample)
    return [
        one for one in scored if layer == (one.rule, one.resolution, one.downsample)
    ]


def scale_of(scores: Sequence[float]) -> Scale:
    """The lowest score is stored as 1, the highest as 65535; a single one as 1."""
    lowest, highest = min(scores), max(scores)
    slope = (highest - lowest) / (HIGHEST - LOWEST) or 1.0
    return Scale(slope, lowest - slope * LOWEST)


def _drawn(
    grid: Grid, scale: Scale, regions: Sequence[EvidenceRegion]
) -> NDArray[np.uint16]:
    """A cell has the highest score of the regions that touch it."""
    drawn = np.full((grid.rows, grid.columns), NOTHING, np.uint16)
    for one in regions:
        inside = grid.shares([Region(**one.region_fields())]) > 0
        drawn[inside] = np.maximum(drawn[inside], scale.stored(one.score))
    return drawn


def _mapping(scale: Scale, rule: str) -> pm.RealWorldValueMapping:
    return pm.RealWorldValueMapping(
        lut_label=rule[:16].upper() or "SCORE",
        lut_explanation=f"Selection score by the rule {rule}"[:64],
        unit=ours.NO_UNITS,
        value_range=(NOTHING, HIGHEST),
        slope=scale.slope,
        intercept=scale.start,
        quantity_definition=ours.SCORE,
    )
