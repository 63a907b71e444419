"""What REST shows of questions, and to whom."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from inference_worker.messages import event_stream, worker_key
from tests.webapp.factories import make_question, make_slide
from tests.webapp.questions.conftest import answered
from webapp.accounts.models import User
from webapp.broker import connection
from webapp.event_stream import append
from webapp.questions.models import Question
from webapp.questions.services import record_reply
from webapp.slides.models import Slide

pytestmark = pytest.mark.usefixtures("valkey")
ROUTES = ["", "/stop", "/events", "/evidence/1/crop"]


@pytest.mark.parametrize("route", ROUTES)
def test_a_stranger_finds_nothing(
    as_charlie: Client, question: Question, route: str
) -> None:
    record_reply(answered(question))
    call = as_charlie.post if route == "/stop" else as_charlie.get
    response = call(f"/api/v1/questions/{question.pk}{route}")
    assert (response.status_code, response.json()["code"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize("route", ROUTES)
def test_nobody_is_not_signed_in(question: Question, route: str) -> None:
    call = Client().post if route == "/stop" else Client().get
    assert call(f"/api/v1/questions/{question.pk}{route}").status_code == 401


def test_lists_hold_what_each_may_see(
    as_alice: Client, as_bob: Client, as_charlie: Client, question: Question
) -> None:
    def listed(client: Client) -> list[str]:
        results = client.get("/api/v1/questions").json()["results"]
        return [found["id"] for found in results]

    assert listed(as_alice) == listed(as_bob) == [str(question.pk)]
    assert listed(as_charlie) == []


def test_a_list_is_of_one_slide(
    as_alice: Client, alice: User, question: Question
) -> None:
    other = make_question(make_slide(alice))
    url = f"/api/v1/questions?slide={question.slide_id}"
    results = as_alice.get(url).json()["results"]
    assert [found["id"] for found in results] == [str(question.pk)]
    assert str(other.pk) not in json.dumps(results)


def test_an_answer_comes_with_its_evidence(
    as_alice: Client, question: Question
) -> None:
    record_reply(answered(question))
    body = as_alice.get(f"/api/v1/questions/{question.pk}").json()
    assert body["answer"]["text"] == "No necrosis."
    assert body["answer"]["intended_use"] == body["intended_use"]
    (evidence,) = body["evidence"]
    assert evidence["region"] == {"x": 0, "y": 0, "width": 320, "height": 256}
    assert evidence["crop"] == f"/api/v1/questions/{question.pk}/evidence/1/crop"
    assert body["queue"] is None
    assert body["failure"] is None


def test_a_failure_is_shown_in_words(as_alice: Client, slide: Slide) -> None:
    question = make_question(
        slide, state="failed", failure_code="WORKER_LOST", failure_message="Gone."
    )
    body = as_alice.get(f"/api/v1/questions/{question.pk}").json()
    assert body["failure"] == {
        "code": "WORKER_LOST",
        "message": "Gone.",
        "is_retryable": False,
    }


def test_the_place_and_the_time_come_from_the_last_answers(
    as_alice: Client, slide: Slide
) -> None:
    now = timezone.now()
    for seconds in (10, 20, 90):
        make_question(
            slide,
            state="answered",
            started_at=now - timedelta(seconds=seconds),
            ended_at=now,
        )
    make_question(slide)
    second = make_question(slide)
    body = as_alice.get(f"/api/v1/questions/{second.pk}").json()
    assert body["queue"] == {"place": 2, "eta_s": 20}


def events(client: Client, question: Question, after: str = "") -> dict[str, Any]:
    url = f"/api/v1/questions/{question.pk}/events?after={after}"
    return dict(client.get(url).json())


def test_events_are_polled_from_the_last_known(
    as_alice: Client, question: Question
) -> None:
    key = event_stream(str(question.pk))
    first = append(key, "text", {"text": "a"})
    append(key, "text", {"text": "b"})
    body = events(as_alice, question, first)
    assert [event["text"] for event in body["events"]] == ["b"]
    assert body["is_open"]
    again = events(as_alice, question, body["last"])
    assert (again["events"], again["last"]) == ([], body["last"])


def test_after_the_stream_has_expired_the_row_tells(
    as_alice: Client, question: Question
) -> None:
    record_reply(answered(question))
    body = events(as_alice, question)
    assert [event["kind"] for event in body["events"]] == [
        "state",
        "selected",
        "text",
        "answered",
    ]
    assert body["events"][2]["text"] == "No necrosis."
    assert not body["is_open"]


def test_an_end_that_the_stream_lost_is_told_once(
    as_alice: Client, question: Question
) -> None:
    append(event_stream(str(question.pk)), "text", {"text": "No necrosis."})
    record_reply(answered(question))
    body = events(as_alice, question)
    assert [event["kind"] for event in body["events"]] == ["text", "answered"]
    assert events(as_alice, question, body["last"])["events"] == []


@pytest.mark.parametrize("kinds", [["text", "answered"], ["text"], []])
def test_polling_after_the_end_brings_nothing_more(
    as_alice: Client, question: Question, kinds: list[str]
) -> None:
    record_reply(answered(question))
    for kind in kinds:
        append(event_stream(str(question.pk)), kind, {"text": "No necrosis."})
    last = events(as_alice, question)["last"]
    again = events(as_alice, question, last)
    assert (again["events"], again["last"]) == ([], last)


def test_workers_are_told_without_their_questions(as_charlie: Client) -> None:
    status = {"worker": "w1", "device": "cuda:0", "state": "busy", "question_id": "7"}
    connection().set(worker_key("w1"), json.dumps(status))
    body = as_charlie.get("/api/v1/workers").json()
    assert body["queue"] == "ok"
    assert [(worker["worker"], worker["state"]) for worker in body["workers"]] == [
        ("w1", "busy")
    ]
    assert "question_id" not in json.dumps(body)


def test_workers_are_for_those_who_are_signed_in(db: None) -> None:
    assert Client().get("/api/v1/workers").status_code == 401
