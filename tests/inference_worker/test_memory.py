"""A device that runs out of memory is asked once more, with less."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

import pytest
import torch

from dragonfly.engine import Budget, Engine, Event, TextDelta
from inference_worker.messages import AnswerRequest
from tests.inference_worker.conftest import Desk

Make = Callable[..., AnswerRequest]
Events = Generator[Event, None, None]


def failing_engine(times: int, budgets: list[int]) -> Callable[..., Events]:
    """The real engine, that runs out of memory in mid-text the first `times`."""
    real = Engine.answer

    def answer(engine: Engine, *args: Any, budget: Budget, **kwargs: Any) -> Events:
        budgets.append(budget.cells)
        for event in real(engine, *args, budget=budget, **kwargs):
            yield event
            if isinstance(event, TextDelta) and len(budgets) <= times:
                raise torch.OutOfMemoryError("CUDA out of memory.")

    return answer


def test_one_retry_with_a_smaller_budget_is_said_in_the_answer(
    desk: Desk, request_of: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = desk.answer(request_of()).text
    desk.client.flushall()
    desk.sent.clear()
    budgets: list[int] = []
    monkeypatch.setattr(Engine, "answer", failing_engine(1, budgets))
    reply = desk.answer(request_of())
    assert budgets == [256, 128]
    assert (reply.outcome, reply.text) == ("answered", expected)
    assert [note["code"] for note in reply.answer["notes"]] == ["GPU_OUT_OF_MEMORY"]


def test_pages_are_told_to_forget_the_first_try(
    desk: Desk, request_of: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Engine, "answer", failing_engine(1, []))
    reply = desk.answer(request_of())
    kinds = [kind for kind, _ in desk.events()]
    notes = [data for kind, data in desk.events() if kind == "note"]
    assert notes[0]["restarts"] is True
    after = desk.events()[kinds.index("note") :]
    assert "".join(d["text"] for kind, d in after if kind == "text") == reply.text


def test_a_second_time_is_a_failure_with_words(
    desk: Desk, request_of: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    budgets: list[int] = []
    monkeypatch.setattr(Engine, "answer", failing_engine(2, budgets))
    reply = desk.answer(request_of())
    assert len(budgets) == 2
    assert (reply.outcome, reply.code) == ("failed", "GPU_OUT_OF_MEMORY")
    assert "smaller region" in reply.message


def test_fewer_crops_are_encoded_at_once_only_for_the_retry(
    desk: Desk, request_of: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = desk.worker.engines.get().encoder
    limits: list[int | None] = []
    real = Engine.answer

    def answer(engine: Engine, *args: Any, **kwargs: Any) -> Events:
        limits.append(engine.encoder.crops_per_call)
        if len(limits) == 1:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        yield from real(engine, *args, **kwargs)

    monkeypatch.setattr(Engine, "answer", answer)
    assert desk.answer(request_of()).outcome == "answered"
    assert limits == [None, 8]
    assert encoder.crops_per_call is None
