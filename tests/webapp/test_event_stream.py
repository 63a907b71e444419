"""Events are appended in order, replayed from any point, and followed."""

from __future__ import annotations

import asyncio

import pytest
from pytest_django.fixtures import Settings

from inference_worker.messages import STREAM_SECONDS
from tests.valkey import free_port
from webapp import event_stream
from webapp.broker import connection
from webapp.event_stream import StreamEvent, append, follow, known_id, read_after

KEY = "question:1:events"


def test_events_are_replayed_in_order(valkey: str) -> None:
    ids = [append(KEY, "text", {"text": word}) for word in ("one", "two", "three")]
    assert [event.data["text"] for event in read_after(KEY)] == ["one", "two", "three"]
    assert [event.id for event in read_after(KEY, ids[0])] == ids[1:]


def test_an_event_keeps_its_kind_attempt_and_data(valkey: str) -> None:
    added = append(KEY, "state", {"state": "queued"}, attempt=2)
    assert read_after(KEY)[0].fields() == {
        "id": added,
        "kind": "state",
        "attempt": 2,
        "state": "queued",
    }


def test_data_cannot_pose_as_another_event() -> None:
    event = StreamEvent("1-1", "text", 1, {"id": "9-9", "kind": "answered"})
    assert event.fields() == {"id": "1-1", "kind": "text", "attempt": 1}


def test_a_stream_expires(valkey: str) -> None:
    append(KEY, "text")
    assert 0 < int(str(connection().ttl(KEY))) <= STREAM_SECONDS


def test_a_stream_is_bounded(valkey: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_stream, "STREAM_LENGTH", 100)
    for number in range(500):
        append(KEY, "text", {"text": str(number)})
    kept = read_after(KEY)
    assert 100 <= len(kept) <= 300
    assert kept[-1].data["text"] == "499"


@pytest.mark.parametrize("text", ["", None, "$", "-1", "1-1; DEL", "9" * 40, "1"])
def test_a_foreign_id_reads_from_the_beginning(text: str | None) -> None:
    assert known_id(text) == event_stream.BEGINNING


def test_a_known_id_is_kept() -> None:
    assert known_id("1690000000000-0") == "1690000000000-0"


async def _texts(count: int, after: str = "0") -> list[str]:
    found: list[str] = []
    async for event in follow(KEY, after, quiet_s=5):
        if event is not None:
            found.append(event.data["text"])
        if len(found) == count:
            break
    return found


def test_following_replays_and_then_waits(valkey: str) -> None:
    append(KEY, "text", {"text": "before"})

    async def run() -> list[str]:
        follower = asyncio.create_task(_texts(2))
        await asyncio.to_thread(append, KEY, "text", {"text": "after"})
        return await asyncio.wait_for(follower, 5)

    assert asyncio.run(run()) == ["before", "after"]


def test_silence_is_said(valkey: str) -> None:
    async def run() -> StreamEvent | None:
        return await anext(follow(KEY, quiet_s=0.05))

    assert asyncio.run(run()) is None


def test_an_unreachable_server_is_said_not_raised(settings: Settings) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"

    async def run() -> list[StreamEvent | None]:
        events = follow(KEY, quiet_s=5)
        return [await anext(events), await anext(events)]

    assert asyncio.run(run()) == [None, None]
