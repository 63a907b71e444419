"""Looking at a region before a word is written: as one picture, or by descending.

Both ways yield events and end with `Seen`: the visual tokens in the model's layout,
where each crop lies, and the numbered evidence.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import get_args

import torch
from torch import Tensor

from dragonfly.engine.answer import Coverage, Evidence
from dragonfly.engine.coverage import measure_coverage
from dragonfly.engine.encoder import Encoder
from dragonfly.engine.events import (
    Event,
    OverviewEncoded,
    RegionExamined,
    RegionSelected,
)
from dragonfly.engine.evidence import EvidenceList
from dragonfly.engine.picture import fits_one_picture, read_picture
from dragonfly.geometry import Region
from dragonfly.model.crops import CropPlan
from dragonfly.model.dragonfly import VisualTokens
from dragonfly.model.layout import CropLayout, Resolution
from dragonfly.slide import Fidelity, Slide, tissue_mask
from dragonfly.zoom import (
    Budget,
    Descent,
    Examined,
    ScoredCell,
    Scorer,
    Wanted,
    descend,
)

SELECTION_RULE = "dragonfly-v1"


@dataclass(frozen=True)
class Seen:
    """What the language model is about to read."""

    strategy: str
    visual: Tensor
    """Shape (1, visual tokens, hidden)."""
    crops: tuple[Region, ...]
    """The crop of each group of visual tokens, in order."""
    resolutions: tuple[Resolution, ...]
    evidence: tuple[Evidence, ...]
    coverage: tuple[Coverage, ...]
    overview: Tensor
    """The encoder's features of the low crop, shape (1 + patches, hidden)."""


def overview_of(encoder: Encoder, slide: Slide, region: Region) -> Tensor:
    """The overview alone, as `Seen` has it."""
    layout = encoder.processor.layout
    if fits_one_picture(region, layout):
        _, crops = read_picture(slide, region, layout)
        return next(encoder.encode_in_parts(crops[:1]))[0]
    return encoder.cells(slide, [region], "strict")[0]


def look_at_picture(
    encoder: Encoder,
    slide: Slide,
    region: Region,
    fidelity: Fidelity,
    evidence: EvidenceList,
) -> Generator[Event, None, Seen]:
    """Read the region as one Dragonfly image, as published."""
    layout = encoder.processor.layout
    plan, crops = read_picture(slide, region, layout, fidelity)
    parts: list[Tensor] = []
    for part in encoder.encode_in_parts(crops):
        if not parts:
            yield OverviewEncoded(region)
        done = sum(map(len, parts))
        for seen in plan.regions[max(1, done) : done + len(part)]:
            yield RegionExamined(seen, 1, 1, layout.crop_count - 1)
        parts.append(part)
    visual = _visual_tokens(encoder, torch.cat(parts))
    kept = _kept_crops(visual, layout)
    if visual.selected is not None and visual.scores is not None:
        scores = visual.scores[0].float().tolist()
        for index in visual.selected[0]:
            found = plan.high_regions()[index]
            yield RegionSelected(
                evidence.add(found, "selected", SELECTION_RULE, scores[index], "high")
            )
    return Seen(
        "picture",
        visual.embeddings,
        tuple(plan.regions[index] for index in kept),
        tuple(layout.resolution_of(index) for index in kept),
        evidence.items,
        (_picture_coverage(plan, layout),),
        parts[0][0],
    )


def look_down(
    encoder: Encoder,
    slide: Slide,
    region: Region,
    fidelity: Fidelity,
    evidence: EvidenceList,
    budget: Budget,
    scorer: Scorer,
) -> Generator[Event, None, Seen]:
    """Descend from the overview to native resolution, and fill the same layout.

    A layout without high crops gives the places of its mid crops to the finest cells.
    """
    layout = encoder.processor.layout
    mask = tissue_mask(slide)
    overview = encoder.cells(slide, [region], fidelity)
    yield OverviewEncoded(region)

    def look(regions: Sequence[Region]) -> Tensor:
        features = encoder.cells(slide, regions, fidelity)
        return torch.stack([scorer.describe(f) for f in features])

    highs_per_mid = layout.high_count // max(1, layout.mid_count)
    wanted = Wanted(layout.crop_px, layout.mid_count, max(1, highs_per_mid))
    descent = descend(region, wanted, look, mask.fraction, budget, scorer)
    while True:
        try:
            step = next(descent)
        except StopIteration as end:
            chosen = end.value
            break
        if isinstance(step, Examined):
            yield from _examined_events(step)
    mids, groups = chosen.mids, chosen.highs
    if layout.high_count == 0:
        mids, groups = (), tuple((cell,) for cell in _finest(chosen))
    yield from _selected_events(evidence, mids, groups)
    crops = [scored.cell.region for scored in (*mids, *chain.from_iterable(groups))]
    features = torch.stack(overview + encoder.cells(slide, crops, fidelity))
    return Seen(
        "descent",
        _visual_tokens(encoder, features).embeddings,
        (region, *crops),
        _resolutions(len(mids), len(crops) - len(mids)),
        evidence.items,
        measure_coverage(mask, region, chosen.examined, layout.crop_px),
        overview[0],
    )


def _finest(chosen: Descent) -> list[ScoredCell]:
    """The best cell below each mid crop, or the mid crop where none lies below."""
    return [
        next((h for h in highs if h.cell.ancestor_at(0) is mid.cell), mid)
        for mid, highs in zip(chosen.mids, chosen.highs, strict=True)
    ]


def _selected_events(
    evidence: EvidenceList,
    mids: Sequence[ScoredCell],
    groups: Sequence[Sequence[ScoredCell]],
) -> Iterator[RegionSelected]:
    numbers: dict[int, int] = {}
    for mid in mids:
        item = _add(evidence, mid, "mid", None)
        numbers[id(mid.cell)] = item.number
        yield RegionSelected(item)
    for high in chain.from_iterable(groups):
        parent = numbers.get(id(high.cell.ancestor_at(0)))
        yield RegionSelected(_add(evidence, high, "high", parent))


@torch.inference_mode()
def _visual_tokens(encoder: Encoder, features: Tensor) -> VisualTokens:
    return encoder.model.visual_tokens(features[None])


def _kept_crops(visual: VisualTokens, layout: CropLayout) -> list[int]:
    if visual.selected is None:
        return list(range(layout.crop_count))
    first_high = 1 + layout.mid_count
    return [*range(first_high), *(first_high + i for i in visual.selected[0])]


def _resolutions(mids: int, highs: int) -> tuple[Resolution, ...]:
    low, mid, high = get_args(Resolution)
    return (low, *[mid] * mids, *[high] * highs)


def _examined_events(step: Examined) -> list[RegionExamined]:
    return [
        RegionExamined(cell.region, step.step, step.steps, step.of)
        for cell in step.cells
    ]


def _add(
    evidence: EvidenceList, scored: ScoredCell, at: Resolution, parent: int | None
) -> Evidence:
    return evidence.add(
        scored.cell.region, "selected", scored.rule, scored.score, at, parent
    )


def _picture_coverage(plan: CropPlan, layout: CropLayout) -> Coverage:
    finest = plan.regions[-1]
    downsample = max(finest.width, finest.height) / layout.crop_px
    return Coverage(round(downsample, 4), 1.0)
