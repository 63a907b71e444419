"""Asking: what is refused, what is queued, and what has been asked before."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from inference_worker.messages import INFERENCE_QUEUE, AnswerRequest
from tests.valkey import free_port
from tests.webapp.conftest import use_queue
from tests.webapp.factories import make_model_version, make_slide
from tests.webapp.questions.conftest import answered
from webapp import broker
from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.broker import connection
from webapp.event_stream import read_after
from webapp.questions.models import Question
from webapp.questions.services import record_reply, stop_question
from webapp.questions.workers import waiting_messages
from webapp.slides.models import Slide
from webapp.training.models import ModelVersion

Ask = Callable[..., Any]
PART = {"x": 10, "y": 20, "width": 300, "height": 200}


def queued_request() -> AnswerRequest:
    """The message that a worker would take."""
    message: Any = connection().lindex(INFERENCE_QUEUE, 0)
    _, kwargs, _ = json.loads(base64.b64decode(json.loads(message)["body"]))
    return AnswerRequest.from_fields(**kwargs)


def test_a_question_is_recorded_and_sent(ask: Ask, slide: Slide) -> None:
    response = ask(scope="rectangle", region=PART)
    assert response.status_code == 201
    question = Question.objects.get()
    assert response["Location"] == f"/api/v1/questions/{question.pk}"
    assert list(waiting_messages()) == [f"{question.pk}.1"]
    request = queued_request()
    assert request.slide_path == slide.entry
    assert request.slide_digest == slide.digest
    assert request.region is not None
    assert vars(request.region) == PART
    assert question.sent_at is not None


def test_the_first_event_tells_its_place(ask: Ask) -> None:
    key = f"question:{ask().json()['id']}:events"
    event = read_after(key)[0]
    assert (event.kind, event.data["state"], event.data["place"]) == (
        "state",
        "queued",
        1,
    )


def test_the_answer_says_what_it_is_for(ask: Ask) -> None:
    body = ask().json()
    assert body["intended_use"].startswith("Research use only.")
    assert body["queue"] == {"place": 1, "eta_s": None}
    assert body["existing"] is False


def test_asking_is_audited_without_the_words(ask: Ask, alice: User) -> None:
    ask(text="Does Mr Smith have cancer?")
    event = AuditEvent.objects.get(action="question.ask")
    assert event.actor == alice
    assert "Smith" not in json.dumps(event.details)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"text": "  \n"}, "QUESTION_EMPTY"),
        ({"text": "x" * 2001}, "QUESTION_TOO_LONG"),
        ({"scope": "view"}, "REGION_MISSING"),
        ({"scope": "view", "region": PART | {"x": 640}}, "REGION_OUTSIDE"),
        ({"scope": "view", "region": PART | {"width": 15}}, "REGION_TOO_SMALL"),
        ({"scope": "view", "region": PART | {"x": 630}}, "REGION_TOO_SMALL"),
        ({"scope": "view", "region": PART | {"width": 0}}, "INVALID"),
        ({"scope": "case"}, "INVALID"),
        ({"slide": "x"}, "INVALID"),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused(
    ask: Ask, fields: dict[str, Any], code: str
) -> None:
    response = ask(**fields)
    assert (response.status_code, response.json()["code"]) == (400, code)
    assert not Question.objects.exists()


def test_a_region_is_cut_to_the_slide(ask: Ask) -> None:
    body = ask(scope="view", region={"x": -50, "y": 500, "width": 9000, "height": 99})
    assert body.status_code == 400  # 12 px are left of its height
    body = ask(scope="view", region={"x": -50, "y": 400, "width": 9000, "height": 999})
    assert body.json()["region"] == {"x": 0, "y": 400, "width": 640, "height": 112}


def test_a_slide_that_is_not_ready_is_not_asked_about(ask: Ask, alice: User) -> None:
    slide = make_slide(alice, state=Slide.State.PREPARING)
    assert ask(slide=str(slide.pk)).json()["code"] == "SLIDE_NOT_READY"


def test_a_colleague_may_ask_and_a_stranger_finds_no_slide(
    ask: Ask, as_bob: Client, as_charlie: Client
) -> None:
    assert ask(as_bob).status_code == 201
    assert ask(as_charlie).status_code == 404


def test_a_question_under_way_is_joined(ask: Ask, as_bob: Client) -> None:
    first, second = ask(), ask(as_bob, text=" Is there necrosis? ")
    assert (second.status_code, second.json()["existing"]) == (200, True)
    assert first.json()["id"] == second.json()["id"]


def test_an_answered_question_offers_its_answer(ask: Ask) -> None:
    first = ask().json()["id"]
    record_reply(answered(Question.objects.get()))
    again = ask().json()
    assert (again["id"], again["answer"]["text"]) == (first, "No necrosis.")


def test_it_is_asked_anew_on_demand(ask: Ask) -> None:
    assert ask().json()["id"] != ask(again=True).json()["id"]


@pytest.mark.parametrize(
    "fields", [{"text": "Is there mucin?"}, {"scope": "view", "region": PART}]
)
def test_another_question_is_another_question(ask: Ask, fields: dict[str, Any]) -> None:
    ask()
    assert ask(**fields).status_code == 201


def test_another_model_version_answers_anew(ask: Ask) -> None:
    version = make_model_version()
    first = ask().json()
    assert first["model_version"]["digest"] == version.digest
    version.state = ModelVersion.State.RETIRED
    version.save()
    make_model_version()
    assert ask().status_code == 201


def test_a_replaced_slide_is_asked_anew(ask: Ask, slide: Slide) -> None:
    ask()
    Slide.objects.filter(pk=slide.pk).update(digest="another")
    assert ask().status_code == 201


def test_a_question_being_stopped_is_not_joined(ask: Ask, alice: User) -> None:
    ask()
    stop_question(question=Question.objects.get(), actor=alice)
    assert ask().status_code == 201


def test_a_question_waits_while_the_queue_is_away(
    ask: Ask, settings: Any, valkey: str
) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    use_queue(settings.REDIS_URL)
    broker.connection.cache_clear()
    assert ask().status_code == 201
    assert Question.objects.get().sent_at is None
