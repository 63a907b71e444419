"""`?wait=`: an answer that is held back until the job has ended."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from webapp.event_stream import append
from webapp.jobs.services.ending import job_stream
from webapp.jobs.waiting import WaitingApplication, seconds_asked

JOB = str(uuid.uuid4())
Message = dict[str, Any]


class Jobs:
    """Stands in for Django: says that more will happen until `is_open` is false."""

    def __init__(self, status: int = 200) -> None:
        self.status, self.asked, self.is_open = status, 0, True

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        assert (await receive())["more_body"] is False
        self.asked += 1
        headers = [(b"Retry-After", b"2")] if self.is_open else []
        start = {"type": "http.response.start", "status": self.status}
        await send({**start, "headers": headers})
        body = b"open" if self.is_open else b"ended"
        await send({"type": "http.response.body", "body": body})


def scope(query: str = "wait=30", **headers: str) -> dict[str, Any]:
    pairs = [(k.encode(), v.encode()) for k, v in headers.items()]
    return {
        "type": "http",
        "method": "GET",
        "path": f"/api/v1/jobs/{JOB}",
        "query_string": query.encode(),
        "headers": pairs,
    }


class Caller:
    """Asks, and may hang up."""

    def __init__(self, jobs: Jobs, query: str = "wait=30") -> None:
        self.application, self.query = WaitingApplication(jobs), query
        self.hangs_up = asyncio.Event()
        self.told: list[Message] = []

    async def receive(self) -> Message:
        await self.hangs_up.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.told.append(message)

    async def ask(self) -> bytes:
        await self.application(scope(self.query), self.receive, self.send)
        return self.told[-1]["body"] if self.told else b""

    async def is_waiting(self) -> None:
        async with asyncio.timeout(10):
            while not self.application._waiting:
                await asyncio.sleep(0.005)


def run(scenario: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    async def limited() -> Any:
        async with asyncio.timeout(20):
            return await scenario()

    return asyncio.run(limited())


@pytest.mark.usefixtures("valkey")
def test_the_end_is_told_when_it_comes() -> None:
    async def scenario() -> None:
        jobs = Jobs()
        caller = Caller(jobs)
        asking = asyncio.create_task(caller.ask())
        await caller.is_waiting()
        jobs.is_open = False
        await sync_to_async(append)(job_stream(JOB), "succeeded")
        assert await asking == b"ended"
        assert jobs.asked == 2
        assert (b"preference-applied", b"wait=30") in caller.told[0]["headers"]

    run(scenario)


@pytest.mark.usefixtures("valkey")
def test_an_end_between_asking_and_waiting_is_not_missed() -> None:
    append(job_stream(JOB), "succeeded")

    async def scenario() -> int:
        jobs = Jobs()
        await Caller(jobs).ask()
        return jobs.asked

    assert run(scenario) == 2


@pytest.mark.usefixtures("valkey")
def test_the_time_runs_out() -> None:
    assert run(lambda: Caller(Jobs(), "wait=1").ask()) == b"open"


@pytest.mark.usefixtures("valkey")
def test_a_caller_who_hangs_up_is_forgotten() -> None:
    async def scenario() -> tuple[int, list[Message]]:
        jobs = Jobs()
        caller = Caller(jobs)
        asking = asyncio.create_task(caller.ask())
        await caller.is_waiting()
        caller.hangs_up.set()
        await asking
        return jobs.asked, caller.told

    assert run(scenario) == (1, [])


@pytest.mark.parametrize("status", [401, 404])
def test_nobody_waits_for_what_they_may_not_see(status: int) -> None:
    async def scenario() -> int:
        jobs = Jobs(status)
        await Caller(jobs).ask()
        return jobs.asked

    assert run(scenario) == 1


@pytest.mark.parametrize(
    ("query", "prefer", "seconds"),
    [
        ("wait=30", "", 30),
        ("wait=9999", "", 60),
        ("wait=-1", "", 0),
        ("wait=abc", "", 0),
        ("wait=", "wait=7", 7),
        ("", "respond-async, wait=12", 12),
        ("", "awaits=12", 0),
        ("", "", 0),
    ],
)
def test_how_long_somebody_waits(query: str, prefer: str, seconds: int) -> None:
    assert seconds_asked(scope(query, prefer=prefer)) == seconds
