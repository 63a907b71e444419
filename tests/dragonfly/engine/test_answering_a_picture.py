"""A region small enough for one Dragonfly image is asked as it is."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from dragonfly.engine import Engine, RegionSelected, TextDelta
from dragonfly.engine.picture import fits_one_picture, read_picture
from dragonfly.geometry import Region
from dragonfly.model.tokenizer import chat_prompt
from dragonfly.slide import Slide, open_slide
from tests.dragonfly.engine.conftest import PARITY, ask


def picture(path: Path) -> Image.Image:
    with Image.open(path) as opened:
        return opened.convert("RGB")


def test_the_text_arrives_in_pieces_that_make_the_answer(
    engine: Engine, small_slide: Slide
) -> None:
    events, answer = ask(engine, small_slide)
    pieces = [event.text for event in events if isinstance(event, TextDelta)]
    assert len(pieces) > 1
    assert "".join(pieces) == answer.text
    assert answer.provenance.strategy == "picture"


@pytest.mark.parametrize("name", ["square.png", "wide.png", "tall.png", "large.png"])
def test_crops_of_a_plain_picture_are_the_processors_own(
    engine: Engine, name: str
) -> None:
    path = PARITY / "v1" / name
    expected = engine.processor(text=["x"], images=[picture(path)])["pixel_values"]
    with open_slide(path) as slide:
        _, crops = read_picture(slide, Region.of(slide.size), engine.processor.layout)
    assert torch.equal(engine.processor.normalise(crops), expected[0])


def test_the_engine_writes_what_the_model_generates(engine: Engine) -> None:
    path = PARITY / "v1" / "square.png"
    with open_slide(path) as slide:
        _, answer = ask(engine, slide, "What tissue is shown in this slide?")
    prompt = chat_prompt("What tissue is shown in this slide?")
    inputs = engine.processor(text=[prompt], images=[picture(path)])
    ids = engine.model.generate(
        **inputs,
        max_new_tokens=6,
        do_sample=False,
        eos_token_id=sorted(engine.processor.stop_ids),
    )
    new = ids[0, inputs["input_ids"].shape[1] :]
    assert answer.text == engine.processor.decode(new)


def test_selection_inside_the_picture_is_the_published_one(
    selecting_engine: Engine,
) -> None:
    path = PARITY / "v1" / "wide.png"
    with open_slide(path) as slide:
        events, answer = ask(selecting_engine, slide)
    plan = selecting_engine.processor.plan(picture(path))
    kept = [0, 3, 4, 7, 8, 10, 15, 16, 17, 19, 20, 23]
    assert [item.region for item in answer.evidence] == [
        plan.high_regions()[index] for index in kept
    ]
    assert {(item.kind, item.rule) for item in answer.evidence} == {
        ("selected", "dragonfly-v1")
    }
    assert sum(isinstance(event, RegionSelected) for event in events) == 12


def test_pooled_crops_are_ranked_by_attention(
    pooling_engine: Engine, small_slide: Slide
) -> None:
    _, answer = ask(pooling_engine, small_slide)
    scores = [item.score for item in answer.evidence]
    assert scores == sorted(scores, reverse=True)
    assert {(item.kind, item.rule) for item in answer.evidence} == {
        ("examined", "attention")
    }


def test_a_part_of_the_slide_gives_evidence_inside_it(
    engine: Engine, small_slide: Slide
) -> None:
    part = Region(101, 57, 300, 200)
    _, answer = ask(engine, small_slide, region=part)
    assert answer.provenance.region == part
    assert all(part.contains(item.region) for item in answer.evidence)
    assert all(part.contains(crop) for crop in answer.provenance.crops)


def test_strict_reading_of_a_pyramid_is_close_to_resizing_level_0(
    pooling_engine: Engine, large_slide: Slide
) -> None:
    layout = pooling_engine.processor.layout
    region = Region(1600, 1200, 2400, 2400)
    assert fits_one_picture(region, layout)
    plan, crops = read_picture(large_slide, region, layout)
    whole = Image.fromarray(large_slide.read_region(region, region.size))
    again = pooling_engine.processor(text=["x"], images=[whole])["pixel_values"][0]
    ours = pooling_engine.processor.normalise(crops)
    assert float((ours - again).abs().mean()) < 0.05
    assert plan.regions[0] == region


def test_a_grey_picture_is_answered_too(engine: Engine, tmp_path: Path) -> None:
    pixels = np.linspace(0, 255, 200 * 300).reshape(200, 300).astype(np.uint8)
    Image.fromarray(pixels).save(tmp_path / "grey.png")
    with open_slide(tmp_path / "grey.png") as slide:
        _, answer = ask(engine, slide)
    assert answer.provenance.crops
