"""A region too large for one image is descended within the same layout."""

import pytest

from dragonfly.engine import (
    Engine,
    OverviewEncoded,
    RegionExamined,
    RegionSelected,
    WritingStarted,
)
from dragonfly.errors import QuestionError
from dragonfly.geometry import Region
from dragonfly.slide import Slide
from tests.dragonfly.engine.conftest import ask


def test_the_layout_is_filled_as_for_one_picture(
    engine: Engine, large_slide: Slide
) -> None:
    events, answer = ask(engine, large_slide)
    layout = engine.processor.layout
    assert answer.provenance.strategy == "descent"
    assert len(answer.provenance.crops) == len(layout.tokens_per_crop)
    started = next(event for event in events if isinstance(event, WritingStarted))
    assert started.visual_tokens == layout.visual_tokens


def test_events_come_in_the_order_of_looking(
    engine: Engine, large_slide: Slide
) -> None:
    events, _ = ask(engine, large_slide)
    kinds = [type(event) for event in events]
    assert kinds[0] is OverviewEncoded
    assert kinds.index(RegionExamined) < kinds.index(RegionSelected)
    assert kinds.index(RegionSelected) < kinds.index(WritingStarted)


def test_zoomed_evidence_is_nested_in_its_parent(
    engine: Engine, large_slide: Slide
) -> None:
    _, answer = ask(engine, large_slide)
    by_number = {item.number: item for item in answer.evidence}
    nested = [item for item in answer.evidence if item.parent is not None]
    assert nested
    for item in nested:
        assert item.parent is not None
        assert by_number[item.parent].region.contains(item.region)


def test_the_finest_evidence_is_at_native_resolution(
    engine: Engine, large_slide: Slide
) -> None:
    _, answer = ask(engine, large_slide)
    finest = min(answer.evidence, key=lambda item: item.downsample)
    assert finest.downsample == 1
    assert finest.magnification == large_slide.magnification


def test_coverage_grows_as_magnification_falls(
    engine: Engine, large_slide: Slide
) -> None:
    _, answer = ask(engine, large_slide)
    shares = [item.tissue_share for item in answer.coverage]
    assert shares == sorted(shares, reverse=True)
    assert 0 < shares[-1] < shares[0] <= 1


def test_a_region_without_tissue_is_refused(
    selecting_engine: Engine, large_slide: Slide
) -> None:
    glass = Region(0, 0, 6400, 500)
    with pytest.raises(QuestionError) as caught:
        ask(selecting_engine, large_slide, region=glass)
    assert caught.value.code == "SLIDE_NO_TISSUE"


def test_a_second_question_reads_nothing_new(
    engine: Engine, large_slide: Slide, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(engine, large_slide, "What is this?")
    reads: list[Region] = []
    read = large_slide.read_region

    def counted(region: Region, *rest: object) -> object:
        reads.append(region)
        return read(region, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(large_slide, "read_region", counted)
    ask(engine, large_slide, "And what else?")
    crop_px = engine.processor.layout.crop_px
    assert not [region for region in reads if region.width <= crop_px]


def test_pooled_evidence_also_tells_its_attention(
    pooling_engine: Engine, large_slide: Slide
) -> None:
    _, answer = ask(pooling_engine, large_slide)
    assert {item.rule for item in answer.evidence} == {"novelty"}
    assert all(item.attention is not None for item in answer.evidence)
