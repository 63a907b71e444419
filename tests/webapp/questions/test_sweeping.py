"""The sweeper sends again what was lost, a few times, and then says so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from inference_worker.messages import claim_key, event_stream
from tests.valkey import free_port
from tests.webapp.factories import make_question
from tests.webapp.questions.conftest import answered, worker_is_at
from webapp import broker
from webapp.broker import connection
from webapp.event_stream import append, read_after
from webapp.questions.models import Question
from webapp.questions.services import record_reply, resend_lost_questions
from webapp.questions.services.sending import send_question
from webapp.questions.workers import waiting_messages
from webapp.slides.models import Slide

pytestmark = pytest.mark.usefixtures("valkey")


@pytest.fixture(autouse=True)
def short_patience(settings: Settings) -> None:
    settings.LOST_AFTER_SECONDS = 0


@pytest.fixture
def sweep(django_capture_on_commit_callbacks: Any) -> Any:
    def run() -> int:
        with django_capture_on_commit_callbacks(execute=True):
            return resend_lost_questions()

    return run


def running(slide: Slide, **fields: Any) -> Question:
    """Taken by a worker of which nothing is known."""
    question = make_question(
        slide, **({"state": "writing", "sent_at": timezone.now()} | fields)
    )
    connection().set(claim_key(str(question.pk), question.attempt), "worker")
    return question


def test_a_question_that_was_never_sent_is_sent(question: Question, sweep: Any) -> None:
    assert sweep() == 1
    assert list(waiting_messages()) == [f"{question.pk}.1"]


def test_a_question_that_waits_its_turn_is_left(question: Question, sweep: Any) -> None:
    send_question(question.pk, 1)
    assert sweep() == 0
    assert len(list(waiting_messages())) == 1


def test_a_message_lost_with_the_queue_is_sent_again(
    question: Question, sweep: Any
) -> None:
    send_question(question.pk, 1)
    connection().flushall()
    assert sweep() == 1
    question.refresh_from_db()
    assert (question.state, question.attempt) == ("queued", 2)
    assert list(waiting_messages()) == [f"{question.pk}.2"]


def test_a_question_under_way_is_left(slide: Slide, sweep: Any) -> None:
    worker_is_at(running(slide))
    assert sweep() == 0


def test_a_question_whose_worker_is_gone_is_sent_again(
    slide: Slide, sweep: Any
) -> None:
    question = running(slide, step=2, steps=3)
    assert sweep() == 1
    question.refresh_from_db()
    assert (question.state, question.attempt, question.step) == ("queued", 2, 0)
    event = read_after(event_stream(str(question.pk)))[-1]
    assert (event.kind, event.attempt, event.data["state"]) == ("state", 2, "queued")


def test_the_answer_of_the_lost_attempt_comes_too_late(
    slide: Slide, sweep: Any
) -> None:
    question = running(slide)
    sweep()
    assert not record_reply(answered(question, attempt=1))
    assert record_reply(answered(question, attempt=2))


def test_after_three_attempts_it_fails_with_words(slide: Slide, sweep: Any) -> None:
    question = running(slide, attempt=3)
    append(event_stream(str(question.pk)), "text", {"text": "old "}, attempt=2)
    append(event_stream(str(question.pk)), "text", {"text": "It was "}, attempt=3)
    assert sweep() == 1
    question.refresh_from_db()
    assert (question.state, question.failure_code) == ("failed", "WORKER_LOST")
    assert question.is_retryable
    assert question.partial_text == "It was "
    assert "again" in question.failure_message


def test_a_stop_that_nobody_confirms_is_closed(slide: Slide, sweep: Any) -> None:
    question = running(slide, stop_requested_at=timezone.now())
    append(event_stream(str(question.pk)), "text", {"text": "It was "})
    assert sweep() == 1
    question.refresh_from_db()
    assert (question.state, question.partial_text) == ("stopped", "It was ")


def test_a_stop_that_a_worker_will_confirm_is_left(slide: Slide, sweep: Any) -> None:
    worker_is_at(running(slide, stop_requested_at=timezone.now()))
    assert sweep() == 0


def test_patience_is_kept(question: Question, sweep: Any, settings: Settings) -> None:
    settings.LOST_AFTER_SECONDS = 10**6
    assert sweep() == 0
    long_ago = timezone.now() - timedelta(seconds=10**6 + 1)
    Question.objects.filter(pk=question.pk).update(updated_at=long_ago)
    assert sweep() == 0, "the queue has only just come back"


def test_nothing_is_decided_while_the_queue_is_away(
    slide: Slide, sweep: Any, settings: Settings
) -> None:
    question = running(slide, attempt=3)
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    broker.connection.cache_clear()
    assert sweep() == 0
    question.refresh_from_db()
    assert question.state == "writing"


def test_an_ended_question_is_left(slide: Slide, sweep: Any) -> None:
    for state in Question.ENDED:
        make_question(slide, state=state)
    assert sweep() == 0
