"""Tiny real models and slides for the engine."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from dragonfly.engine import Answer, Answered, Decoding, Engine, Event
from dragonfly.geometry import Region
from dragonfly.slide import Slide, open_slide
from dragonfly.zoom import Budget
from tests.slides import tissue_picture, write_pyramid

PARITY = Path(__file__).parents[2] / "fixtures" / "parity"
FEW = Decoding(max_new_tokens=6)


@pytest.fixture(scope="session", params=["v1", "v2"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """A tiny random Dragonfly of each published variant, in float32."""
    return Engine.load(PARITY / request.param, "cpu", torch.float32)


@pytest.fixture(scope="session")
def pooling_engine() -> Engine:
    return Engine.load(PARITY / "v2", "cpu", torch.float32)


@pytest.fixture(scope="session")
def selecting_engine() -> Engine:
    return Engine.load(PARITY / "v1", "cpu", torch.float32)


@pytest.fixture(scope="session")
def large_slide_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A slide too large for one picture: 6400 x 5120 px, tissue in the middle."""
    path = tmp_path_factory.mktemp("slides") / "large.svs"
    write_pyramid(
        path,
        tissue_picture(1600, 1280).repeat(4, axis=0).repeat(4, axis=1),
        downsamples=(1, 4, 16),
        tile=256,
        mpp=0.25,
        magnification=40,
        quality=70,
    )
    return path


@pytest.fixture
def large_slide(large_slide_path: Path) -> Iterator[Slide]:
    with open_slide(large_slide_path) as slide:
        yield slide


@pytest.fixture
def small_slide(tmp_path: Path) -> Iterator[Slide]:
    """A slide that one picture shows: 640 x 512 px."""
    write_pyramid(tmp_path / "small.svs")
    with open_slide(tmp_path / "small.svs") as slide:
        yield slide


def ask(
    engine: Engine,
    slide: Slide,
    question: str = "Is there necrosis?",
    region: Region | None = None,
    decoding: Decoding = FEW,
    budget: Budget | None = None,
    seed: int = 0,
) -> tuple[list[Event], Answer]:
    events = list(
        engine.answer(
            slide, question, region, budget=budget, seed=seed, decoding=decoding
        )
    )
    last = events[-1]
    assert isinstance(last, Answered)
    return events, last.answer
