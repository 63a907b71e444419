"""Closing the events frees what the question held, at any moment."""

import gc
import weakref

import pytest
from transformers.cache_utils import DynamicCache

from dragonfly.engine import Engine, OverviewEncoded, TextDelta, WritingStarted
from dragonfly.engine.interruption import interruptible
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


@pytest.mark.parametrize("layers", [1, 4, 12])
def test_an_answer_can_be_left_before_any_layer(
    engine: Engine, small_slide: Slide, layers: int
) -> None:
    calls: list[int] = []

    def check() -> None:
        calls.append(1)
        if len(calls) == layers:
            raise Enough

    with pytest.raises(Enough), interruptible(engine.model, check):
        ask(engine, small_slide)
    assert len(calls) == layers


def test_asking_changes_no_value(engine: Engine, small_slide: Slide) -> None:
    calls: list[int] = []
    expected = ask(engine, small_slide)[1].text
    with interruptible(engine.model, lambda: calls.append(1)):
        assert ask(engine, small_slide)[1].text == expected
    asked = len(calls)
    ask(engine, small_slide)
    assert asked == len(calls) > 0
