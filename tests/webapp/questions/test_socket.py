"""The socket replays, follows, notices what the row says, and closes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.contrib.auth import get_user_model
from django.test import Client

from inference_worker.messages import event_stream
from tests.webapp.conftest import signed_in
from tests.webapp.page import Page
from tests.webapp.questions.conftest import answered, worker_is_at
from webapp import sockets
from webapp.accounts.models import User
from webapp.broker import connection
from webapp.event_stream import append
from webapp.questions.models import Question
from webapp.questions.services import record_reply
from webapp.slides.models import Slide, SlideAccess

pytestmark = [
    pytest.mark.usefixtures("valkey"),
    pytest.mark.django_db(transaction=True),
]
Journey = Callable[[Page], Awaitable[None]]


@pytest.fixture(autouse=True)
def look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(sockets, "HEARTBEAT_SECONDS", 0.1)


def travel(page: Page, journey: Journey) -> None:
    """Connect, do this, and go away."""

    async def run() -> None:
        await page.connect()
        await journey(page)
        await page.leave()

    async_to_sync(run)()


def path_of(question: Question, after: str = "") -> str:
    return f"/ws/questions/{question.pk}?after={after}"


def test_events_are_replayed_and_followed(as_bob: Client, question: Question) -> None:
    key = event_stream(str(question.pk))
    append(key, "text", {"text": "before"})

    async def journey(page: Page) -> None:
        assert (await page.next_event())["text"] == "before"
        await sync_to_async(append)(key, "text", {"text": "after"})
        assert (await page.next_event("heartbeat"))["text"] == "after"

    travel(Page(path_of(question), as_bob), journey)


def test_a_page_that_comes_back_gets_what_it_missed(
    as_alice: Client, question: Question
) -> None:
    key = event_stream(str(question.pk))
    seen = append(key, "text", {"text": "seen"})
    append(key, "text", {"text": "missed"})

    async def journey(page: Page) -> None:
        assert (await page.next_event())["text"] == "missed"

    travel(Page(path_of(question, seen), as_alice), journey)


def test_the_socket_closes_after_the_end(as_alice: Client, question: Question) -> None:
    async def journey(page: Page) -> None:
        await sync_to_async(record_reply)(answered(question))
        # Who looks between the row and its event is told from the row, state first.
        while (await page.next_event("heartbeat"))["kind"] != "answered":
            pass
        assert await page.closed_with() == 1000

    travel(Page(path_of(question), as_alice), journey)


def test_an_expired_stream_is_told_from_the_row(
    as_alice: Client, question: Question, valkey: str
) -> None:
    record_reply(answered(question))
    connection().flushall()

    async def journey(page: Page) -> None:
        events = [await page.next_event() for _ in range(4)]
        kinds = [event["kind"] for event in events]
        assert kinds == ["state", "selected", "text", "answered"]
        assert await page.closed_with() == 1000

    travel(Page(path_of(question), as_alice), journey)


def test_an_end_that_the_stream_lost_is_told_without_doubling(
    as_alice: Client, question: Question, valkey: str
) -> None:
    record_reply(answered(question))
    connection().flushall()
    append(event_stream(str(question.pk)), "text", {"text": "No necrosis."})

    async def journey(page: Page) -> None:
        assert (await page.next_event())["kind"] == "text"
        assert (await page.next_event())["kind"] == "answered"

    travel(Page(path_of(question), as_alice), journey)


def test_silence_is_filled_with_a_heartbeat(
    as_alice: Client, question: Question
) -> None:
    async def journey(page: Page) -> None:
        event = await page.next_event()
        assert event["kind"] == "heartbeat"
        assert (event["worker"], event["place"]) == ("none", 1)
        assert "id" not in event

    travel(Page(path_of(question), as_alice), journey)


def test_a_worker_that_is_gone_is_told_from_a_slow_one(
    as_alice: Client, question: Question
) -> None:
    Question.objects.filter(pk=question.pk).update(state="writing")

    async def journey(page: Page) -> None:
        assert (await page.next_event())["worker"] == "gone"
        await sync_to_async(worker_is_at)(question)
        told = {(await page.next_event())["worker"] for _ in range(3)}
        assert "busy" in told

    travel(Page(path_of(question), as_alice), journey)


def revoke() -> None:
    SlideAccess.objects.all().delete()


def close_account() -> None:
    get_user_model().objects.filter(username="bob").update(is_active=False)


@pytest.mark.parametrize("loss", [revoke, close_account])
def test_who_loses_access_sees_no_more(
    as_bob: Client, question: Question, loss: Callable[[], None]
) -> None:
    async def journey(page: Page) -> None:
        await sync_to_async(loss)()
        assert await page.closed_with() == sockets.NO_PERMISSION

    travel(Page(path_of(question), as_bob), journey)


def test_who_signs_out_sees_no_more(as_bob: Client, question: Question) -> None:
    async def journey(page: Page) -> None:
        await sync_to_async(as_bob.logout)()
        assert await page.closed_with() == sockets.NO_PERMISSION

    travel(Page(path_of(question), as_bob), journey)


def answer_to(page: Page) -> dict[str, Any]:
    """What the site says to one who may not come in."""
    return async_to_sync(page.knock)()


@pytest.mark.parametrize("kind", ["questions", "slides"])
def test_a_stranger_finds_nothing(
    as_charlie: Client, question: Question, kind: str
) -> None:
    pk = question.pk if kind == "questions" else question.slide_id
    for client in (as_charlie, Client()):
        answer = answer_to(Page(f"/ws/{kind}/{pk}", client))
        assert (answer["type"], answer["code"]) == ("websocket.close", 4404)


def test_a_server_that_can_answers_404(as_charlie: Client, question: Question) -> None:
    can: dict[str, Any] = {"websocket.http.response": {}}
    answer = answer_to(Page(path_of(question), as_charlie, extensions=can))
    assert answer["status"] == 404


def test_another_site_cannot_use_the_session(
    as_alice: Client, question: Question
) -> None:
    page = Page(path_of(question), as_alice, origin="https://elsewhere.example")
    assert answer_to(page)["type"] == "websocket.close"


def test_a_slide_is_watched_until_it_is_ready(alice: User, slide: Slide) -> None:
    Slide.objects.filter(pk=slide.pk).update(state="preparing", step="thumbnail")
    key = f"slide:{slide.pk}:events"
    append(key, "step", {"step": "thumbnail"})

    async def journey(page: Page) -> None:
        assert (await page.next_event())["step"] == "thumbnail"
        assert (await page.next_event())["state"] == "preparing"
        await sync_to_async(append)(key, "ready", {})
        assert (await page.next_event("heartbeat"))["kind"] == "ready"
        assert await page.closed_with() == 1000

    travel(Page(f"/ws/slides/{slide.pk}", signed_in(alice)), journey)


def test_many_pages_watch_at_once(as_alice: Client, question: Question) -> None:
    key = event_stream(str(question.pk))
    pages = [Page(path_of(question), as_alice) for _ in range(10)]

    async def run() -> None:
        for page in pages:
            await page.connect()
        await sync_to_async(append)(key, "text", {"text": "to all"})
        told = await asyncio.gather(*(p.next_event("heartbeat") for p in pages))
        assert {event["text"] for event in told} == {"to all"}
        for page in pages:
            await page.leave()

    async_to_sync(run)()
