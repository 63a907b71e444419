"""Closing the events frees what the question held, at any moment."""

import gc
import weakref

import pytest
from transformers.cache_utils import DynamicCache

from dragonfly.engine import Engine, OverviewEncoded, TextDelta, WritingStarted
from dragonfly.slide import Slide
from tests.dragonfly.engine.conftest import ask


@pytest.mark.parametrize("moment", [OverviewEncoded, WritingStarted, TextDelta])
def test_nothing_of_a_closed_question_stays(
    engine: Engine,
    small_slide: Slide,
    moment: type,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caches: list[weakref.ref[DynamicCache]] = []
    make = DynamicCache

    def remembered() -> DynamicCache:
        cache = make()
        caches.append(weakref.ref(cache))
        return cache

    monkeypatch.setattr("dragonfly.engine.engine.DynamicCache", remembered)
    events = engine.answer(small_slide, "Is there necrosis?")
    for event in events:
        if isinstance(event, moment):
            break
    events.close()
    del events
    gc.collect()
    assert [ref() for ref in caches] == [None]


def test_the_engine_answers_again_after_a_stop(
    engine: Engine, small_slide: Slide
) -> None:
    events = engine.answer(small_slide, "Is there necrosis?")
    next(events)
    events.close()
    assert ask(engine, small_slide)[1].provenance.crops


class Enough(Exception):  # noqa: N818 -- it is no error
    """Somebody wants to stop."""


def test_an_answer_ends_between_two_calls_of_the_device(
    engine: Engine, small_slide: Slide, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []

    def pulse() -> None:
        calls.append(1)
        if len(calls) == 3:
            raise Enough

    monkeypatch.setattr(engine.encoder, "pulse", pulse)
    with pytest.raises(Enough):
        ask(engine, small_slide)
    assert len(calls) == 3
