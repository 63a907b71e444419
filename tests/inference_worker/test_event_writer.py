"""Events arrive in order and once each, however the server behaves."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import redis

from inference_worker import events
from inference_worker.events import MOST_CHARACTERS, EventWriter
from inference_worker.messages import STREAM_SECONDS, event_stream

KEY = event_stream("1")


def entries(client: redis.Redis) -> list[tuple[str, dict[str, Any]]]:
    found: Any = client.xrange(KEY)
    return [(fields["kind"], json.loads(fields["data"])) for _, fields in found]


def written(client: redis.Redis) -> str:
    return "".join(data["text"] for kind, data in entries(client) if kind == "text")


def test_every_event_is_written_in_order(client: redis.Redis) -> None:
    with EventWriter(client, "1", 1) as writer:
        for number in range(200):
            writer.put("examined", step=number)
    assert [data["step"] for _, data in entries(client)] == list(range(200))


def test_an_event_names_its_attempt(client: redis.Redis) -> None:
    with EventWriter(client, "1", 3) as writer:
        writer.put("writing", visual_tokens=5)
    found: Any = client.xrange(KEY)
    assert found[0][1] == {
        "kind": "writing",
        "attempt": "3",
        "data": '{"visual_tokens": 5}',
    }


def test_text_is_joined_into_short_pieces(client: redis.Redis) -> None:
    with EventWriter(client, "1", 1) as writer:
        for _ in range(500):
            writer.put("text", text="ab")
    pieces = [data["text"] for _, data in entries(client)]
    assert "".join(pieces) == "ab" * 500
    assert len(pieces) < 100
    assert max(map(len, pieces)) <= MOST_CHARACTERS


def test_text_never_overtakes_another_event(client: redis.Redis) -> None:
    with EventWriter(client, "1", 1) as writer:
        writer.put("text", text="a")
        writer.put("note", code="X")
        writer.put("text", text="b")
    assert [kind for kind, _ in entries(client)] == ["text", "note", "text"]


def test_a_single_word_does_not_wait_for_the_next(client: redis.Redis) -> None:
    with EventWriter(client, "1", 1) as writer:
        writer.put("text", text="Yes")
        assert client.xread({KEY: "0"}, block=2000)


def test_the_stream_expires_and_is_bounded(
    client: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "STREAM_LENGTH", 100)
    with EventWriter(client, "1", 1) as writer:
        for number in range(1000):
            writer.put("examined", step=number)
    assert 100 <= int(str(client.xlen(KEY))) < 400
    assert 0 < int(str(client.ttl(KEY))) <= STREAM_SECONDS


class Moody:
    """A server whose answers get lost: what was asked may or may not have happened."""

    def __init__(self, write: Any, moods: Iterator[str]) -> None:
        self.write = write
        self.moods = moods

    def __call__(self, **kwargs: Any) -> Any:
        mood = next(self.moods, "well")
        if mood == "before":
            raise redis.ConnectionError("never arrived")
        told = self.write(**kwargs)
        if mood == "after":
            raise redis.TimeoutError("arrived, but the answer did not")
        return told


@pytest.mark.parametrize(
    "moods",
    [["before"] * 3, ["after"] * 3, ["after", "before", "after"], ["well", "after"]],
)
def test_a_write_that_is_repeated_is_there_once(
    client: redis.Redis, moods: list[str]
) -> None:
    writer = EventWriter(client, "1", 1)
    writer._write = Moody(writer._write, iter(moods))  # type: ignore[assignment]
    with writer:
        for number in range(300):
            writer.put("examined", step=number)
    assert [data["step"] for _, data in entries(client)] == list(range(300))


def test_the_engine_waits_while_the_server_is_away(client: redis.Redis) -> None:
    is_back = threading.Event()
    writer = EventWriter(client, "1", 1)
    write = writer._write

    def away(**kwargs: Any) -> Any:
        is_back.wait()
        return write(**kwargs)

    writer._write = away  # type: ignore[assignment]
    many = events.MOST_WAITING + events.MOST_AT_ONCE + 50
    put: list[int] = []

    def produce() -> None:
        for number in range(many):
            writer.put("examined", step=number)
            put.append(number)

    with writer:
        engine = threading.Thread(target=produce)
        engine.start()
        engine.join(0.5)
        assert engine.is_alive()
        assert len(put) <= events.MOST_WAITING + events.MOST_AT_ONCE + 1
        is_back.set()
        engine.join(10)
    assert [data["step"] for _, data in entries(client)] == list(range(many))


def test_a_stream_that_refuses_does_not_stop_the_answer(
    client: redis.Redis, caplog: pytest.LogCaptureFixture
) -> None:
    client.set(KEY, "not a stream")
    with EventWriter(client, "1", 1) as writer:
        for _ in range(300):
            writer.put("examined", step=1)
    assert "refuses events" in caplog.text
