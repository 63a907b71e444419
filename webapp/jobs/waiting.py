"""`WaitingApplication`: a job's answer, held back until the job has ended.

In front of Django, where waiting costs no thread: Django is asked, and while it says
that more will happen (`Retry-After`), the job's stream is followed and Django is asked
once more. Who may see the job is Django's to say, before any waiting.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from webapp.event_stream import follow
from webapp.jobs.services.ending import job_stream

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

ROOT = "/api/v1/jobs/"
PATH = re.compile(rf"{ROOT}([0-9a-f-]{{36}})")
PREFERENCE = re.compile(r"(?:^|[,;])\s*wait\s*=\s*(\d{1,6})\b")
LONGEST_S = 60
MOST_WAITING = 1000
"""Callers held back at once in one process; others are answered at once."""


@dataclass
class Answer:
    """What Django has answered, kept until it is sent on."""

    messages: list[Message] = field(default_factory=list)

    async def keep(self, message: Message) -> None:
        self.messages.append(message)

    @property
    def says_wait(self) -> bool:
        """It is a job of the caller's to which more will happen."""
        start: Message = self.messages[0]
        names = {bytes(name).lower() for name, _ in start.get("headers", ())}
        return start["status"] in (200, 304) and b"retry-after" in names


class WaitingApplication:
    """Answers GET of one job with `?wait=` or `Prefer: wait=` (RFC 7240)."""

    def __init__(self, others: Application) -> None:
        self._others = others
        self._waiting = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = PATH.fullmatch(scope["path"])
        seconds = seconds_asked(scope) if scope["method"] == "GET" and found else 0
        if not seconds or found is None:
            await self._others(scope, receive, send)
            return
        answer = await self._ask(scope)
        if answer.says_wait and self._waiting < MOST_WAITING:
            if not await self._wait(found[1], seconds, receive):
                return
            answer = await self._ask(scope)
        start = answer.messages[0]
        applied = (b"preference-applied", b"wait=%d" % seconds)
        start["headers"] = [*start.get("headers", ()), applied]
        for message in answer.messages:
            await send(message)

    async def _ask(self, scope: Scope) -> Answer:
        answer = Answer()
        await self._others(dict(scope), _empty_body(), answer.keep)
        return answer

    async def _wait(self, job: str, seconds: int, receive: Receive) -> bool:
        """Until the job ends or the time is over; False when the caller has gone."""
        self._waiting += 1
        ended = asyncio.ensure_future(_ended(job))
        gone = asyncio.ensure_future(_gone(receive))
        try:
            await asyncio.wait(
                (ended, gone), timeout=seconds, return_when=asyncio.FIRST_COMPLETED
            )
            return not gone.done()
        finally:
            self._waiting -= 1
            for task in (ended, gone):
                task.cancel()
            await asyncio.gather(ended, gone, return_exceptions=True)


def seconds_asked(scope: Scope) -> int:
    """How long the caller would wait; 0 for not at all."""
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    stated = (query.get("wait") or [""])[-1]
    if not stated:
        headers = {bytes(k).lower(): bytes(v) for k, v in scope["headers"]}
        prefer = headers.get(b"prefer", b"").decode("latin-1").lower()
        preference = PREFERENCE.search(prefer)
        stated = preference[1] if preference else ""
    if not (stated.isascii() and stated.isdigit() and len(stated) < 10):
        return 0
    return min(int(stated), LONGEST_S)


def _empty_body() -> Receive:
    """A request without a body, from a caller who stays."""
    told = False

    async def receive() -> Message:
        nonlocal told
        if told:
            await asyncio.Event().wait()
        told = True
        return {"type": "http.request", "body": b"", "more_body": False}

    return receive


async def _ended(job: str) -> None:
    """Return at the first event of the job: there is none but its end."""
    async for event in follow(job_stream(job)):
        if event is not None:
            return


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
