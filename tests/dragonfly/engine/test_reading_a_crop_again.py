"""Each crop given as evidence can be read again, to the last bit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from torch import Tensor

from dragonfly.engine import Engine
from dragonfly.engine.encoder import Encoder
from dragonfly.errors import SlideError
from dragonfly.geometry import Region
from dragonfly.model.crops import Pixels
from dragonfly.slide import CropSource, Slide, open_slide, read_crop
from tests.dragonfly.engine.conftest import PARITY, ask


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> set[bytes]:
    """The pixels of all crops that reach the encoder."""
    seen: set[bytes] = set()
    encode = Encoder.encode_in_parts

    def remember(encoder: Encoder, crops: Pixels) -> Iterator[Tensor]:
        seen.update(crop.tobytes() for crop in crops)
        return encode(encoder, crops)

    monkeypatch.setattr(Encoder, "encode_in_parts", remember)
    return seen


def same_pixels(slide: Slide, engine: Engine, given: set[bytes]) -> list[bool]:
    engine.encoder.cache.clear()
    _, answer = ask(engine, slide)
    sources = [(item.region, item.source) for item in answer.evidence if item.source]
    assert len(sources) == len(answer.evidence) > 0
    return [
        read_crop(slide, region, source).tobytes() in given
        for region, source in sources
    ]


def test_a_cell_of_one_picture(
    engine: Engine, small_slide: Slide, given: set[bytes]
) -> None:
    assert all(same_pixels(small_slide, engine, given))


def test_a_cell_of_a_picture_of_one_level(engine: Engine, given: set[bytes]) -> None:
    with open_slide(PARITY / "v1" / "large.png") as slide:
        assert all(same_pixels(slide, engine, given))


def test_a_cell_found_by_descending(
    engine: Engine, large_slide_path: Path, given: set[bytes]
) -> None:
    with open_slide(large_slide_path) as slide:
        assert all(same_pixels(slide, engine, given))


def test_a_region_that_is_no_cell_is_refused(small_slide: Slide) -> None:
    source = CropSource(8, "strict", Region(0, 0, 640, 512), 2, 2)
    with pytest.raises(SlideError, match="not given"):
        read_crop(small_slide, Region(5, 5, 320, 256), source)
