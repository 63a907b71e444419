"""A stop is seen between two events, ends the work, and keeps what was written."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import redis

from dragonfly.engine.interruption import layers_of
from inference_worker.messages import (
    AnswerRequest,
    alive_key,
    attempt_key,
    event_stream,
    stop_key,
    worker_key,
)
from tests.inference_worker.conftest import QUESTION, Desk

Make = Callable[..., AnswerRequest]


def wait_for_text(client: redis.Redis) -> None:
    """Until the first words are in the stream."""
    after = "0"
    while True:
        found: Any = client.xread({event_stream(QUESTION): after}, block=10_000)
        assert found, "nothing was written"
        entries = found[0][1]
        if any(fields["kind"] == "text" for _, fields in entries):
            return
        after = entries[-1][0]


def begun(desk: Desk, request: AnswerRequest) -> threading.Thread:
    """The worker, in the middle of writing."""
    thread = threading.Thread(target=desk.worker.answer, args=(request,))
    thread.start()
    wait_for_text(desk.client)
    return thread


def test_a_stop_frees_the_worker_and_keeps_the_text(
    desk: Desk, request_of: Make
) -> None:
    thread = begun(desk, request_of(max_new_tokens=6000))
    asked_at = time.monotonic()
    desk.client.set(stop_key(QUESTION), 1)
    thread.join(10)
    assert time.monotonic() - asked_at < 2
    (reply,) = desk.replies()
    assert reply.outcome == "stopped"
    assert reply.text == desk.text() != ""


def test_a_question_stopped_before_it_was_taken_costs_nothing(
    desk: Desk, request_of: Make
) -> None:
    desk.client.set(stop_key(QUESTION), 1)
    assert desk.answer(request_of()).outcome == "stopped"
    assert "examined" not in [kind for kind, _ in desk.events()]


def test_a_stop_is_seen_in_the_middle_of_a_computation(
    desk: Desk, request_of: Make
) -> None:
    layer = next(layers_of(desk.worker.engines.get().model))
    calls: list[int] = []

    def ask_to_stop(*_: object) -> None:
        calls.append(1)
        desk.client.set(stop_key(QUESTION), 1)
        watch = desk.worker.heartbeat._watch
        while watch is not None and not watch.must_stop:
            time.sleep(0.01)

    with layer.register_forward_pre_hook(ask_to_stop):
        assert desk.answer(request_of()).outcome == "stopped"
    assert len(calls) == 1
    assert "text" not in [kind for kind, _ in desk.events()]


def test_an_attempt_that_became_outdated_ends_without_a_reply(
    desk: Desk, request_of: Make
) -> None:
    thread = begun(desk, request_of(max_new_tokens=6000))
    desk.client.set(attempt_key(QUESTION), 2)
    thread.join(10)
    assert not thread.is_alive()
    assert desk.replies() == []


def test_the_worker_is_heard_of_while_it_works(desk: Desk, request_of: Make) -> None:
    thread = begun(desk, request_of(max_new_tokens=6000))
    assert str(desk.client.get(alive_key(QUESTION))) == "1"
    assert '"busy"' in str(desk.client.get(worker_key("tester")))
    assert int(str(desk.client.pttl(worker_key("tester")))) <= 1000
    desk.client.set(stop_key(QUESTION), 1)
    thread.join(10)


def test_a_worker_that_ends_is_off_the_list(desk: Desk) -> None:
    assert desk.client.exists(worker_key("tester"))
    desk.worker.heartbeat.stop()
    assert not desk.client.exists(worker_key("tester"))
