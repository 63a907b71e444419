"""What workers tell is recorded once, and only if it is still expected."""

from __future__ import annotations

from typing import Any, Literal

import pytest

from inference_worker.messages import Progressed, event_stream, stop_key
from tests.webapp.factories import make_model_version, make_question
from tests.webapp.questions.conftest import answered
from webapp.audit.models import AuditEvent
from webapp.broker import connection
from webapp.event_stream import read_after
from webapp.questions.models import Question
from webapp.questions.services import record_progress, record_reply
from webapp.slides.models import Slide

pytestmark = pytest.mark.usefixtures("valkey")
Running = Literal["overview", "zooming", "writing"]


def tell(question: Question, state: Running, step: int = 0, attempt: int = 1) -> bool:
    return record_progress(Progressed(str(question.pk), attempt, state, step, 3))


def state_of(question: Question) -> str:
    question.refresh_from_db()
    return question.state


def test_progress_moves_forward(question: Question) -> None:
    moves = [
        tell(question, "overview"),
        tell(question, "zooming", 1),
        tell(question, "zooming", 2),
        tell(question, "writing"),
    ]
    assert all(moves)
    assert state_of(question) == "writing"
    assert (question.step, question.steps) == (2, 3)
    assert question.started_at is not None


@pytest.mark.parametrize("late", ["overview", "zooming", "writing"])
def test_late_or_repeated_progress_changes_nothing(
    question: Question, late: Running
) -> None:
    tell(question, "writing")
    assert not tell(question, late, 3)
    assert state_of(question) == "writing"


def test_a_repeated_zoom_step_changes_nothing(question: Question) -> None:
    tell(question, "zooming", 2)
    assert not tell(question, "zooming", 2)
    assert not tell(question, "zooming", 1)


def test_progress_of_another_attempt_changes_nothing(slide: Slide) -> None:
    question = make_question(slide, attempt=2)
    assert not tell(question, "overview", attempt=1)
    assert state_of(question) == "queued"


@pytest.mark.parametrize("end", Question.ENDED)
def test_nothing_moves_after_the_end(slide: Slide, end: str) -> None:
    question = make_question(slide, state=end)
    assert not tell(question, "writing")
    assert not record_reply(answered(question))
    assert state_of(question) == end


def test_an_answer_is_recorded_whole(question: Question) -> None:
    assert record_reply(answered(question))
    assert state_of(question) == "answered"
    assert question.answer.text == "No necrosis."
    evidence = question.evidence.get()
    assert evidence.region_fields() == {"x": 0, "y": 0, "width": 320, "height": 256}
    assert evidence.source is not None
    assert evidence.source["crop_px"] == 8
    assert question.ended_at is not None


def test_a_repeated_reply_changes_nothing(question: Question) -> None:
    record_reply(answered(question))
    assert not record_reply(answered(question, "Another text."))
    question.refresh_from_db()
    assert question.answer.text == "No necrosis."
    assert question.evidence.count() == 1


def test_the_reply_of_an_older_attempt_changes_nothing(slide: Slide) -> None:
    question = make_question(slide, attempt=2)
    assert not record_reply(answered(question, attempt=1))
    assert state_of(question) == "queued"


def test_a_failure_keeps_its_words_and_the_text(question: Question) -> None:
    reply = answered(
        question,
        "It was",
        outcome="failed",
        code="SLIDE_CHANGED",
        message="The slide changed.",
        is_retryable=False,
        answer={},
    )
    assert record_reply(reply)
    assert state_of(question) == "failed"
    assert (question.failure_code, question.partial_text) == ("SLIDE_CHANGED", "It was")


def test_a_stop_keeps_text_and_evidence(question: Question) -> None:
    record_reply(answered(question, "Half an", outcome="stopped", answer={}))
    assert state_of(question) == "stopped"
    assert question.partial_text == "Half an"
    assert question.evidence.count() == 1


def test_the_end_is_told_after_the_commit(
    question: Question, django_capture_on_commit_callbacks: Any
) -> None:
    key = str(question.pk)
    connection().set(stop_key(key), 1)
    with django_capture_on_commit_callbacks(execute=True):
        record_reply(answered(question))
        assert read_after(event_stream(key)) == []
    (event,) = read_after(event_stream(key))
    assert (event.kind, event.data["text"]) == ("answered", "No necrosis.")
    assert not connection().exists(stop_key(key))


def test_the_model_that_answered_is_named(question: Question) -> None:
    version = make_model_version(digest="sha256-unknown")
    record_reply(answered(question))
    question.refresh_from_db()
    assert question.model_version == version


def test_the_end_is_audited(question: Question) -> None:
    record_reply(answered(question))
    event = AuditEvent.objects.get(action="question.end")
    assert (event.object_id, event.details["outcome"]) == (str(question.pk), "answered")
