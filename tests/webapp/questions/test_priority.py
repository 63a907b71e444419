"""Who looks at a slide and asks does not wait for what programs ask by hundreds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from celery import Celery
from django.utils import timezone
from kombu.simple import SimpleQueue

from inference_worker.messages import INFERENCE_QUEUE, WAITING_LISTS
from webapp.accounts.models import User
from webapp.broker import connection
from webapp.questions.models import Question
from webapp.questions.progress import place_of
from webapp.questions.services import ask_question
from webapp.questions.workers import message_name, waiting_messages
from webapp.slides.models import Slide

pytestmark = pytest.mark.django_db(transaction=True)
Priority = Question.Priority


def ask(slide: Slide, text: str, priority: int = Priority.HIGH) -> Question:
    asked = ask_question(
        asker=User.objects.get(pk=slide.owner_id),
        slide=slide,
        text=text,
        priority=priority,
    )
    return asked.question


def taken(url: str, count: int) -> list[str]:
    """The messages in the order in which a worker takes them."""
    with Celery(broker=url, set_as_current=False).connection_for_read() as link:
        queue = SimpleQueue(link, INFERENCE_QUEUE)
        messages: list[Any] = [queue.get(timeout=30) for _ in range(count)]
        found = [str(message.headers["id"]) for message in messages]
        for message in messages:
            message.ack()
        queue.close()
    return found


def names(*questions: Question) -> list[str]:
    return [message_name(each.pk, each.attempt) for each in questions]


def test_a_person_is_answered_before_a_job_and_a_job_before_a_rule(
    slide: Slide, valkey: str
) -> None:
    rule = ask(slide, "Of a rule?", Priority.LOW)
    job = ask(slide, "Of a job?", Priority.MEDIUM)
    first, second = ask(slide, "First?"), ask(slide, "Second?")
    assert [place_of(each) for each in (first, second, job, rule)] == [1, 2, 3, 4]
    assert sorted(waiting_messages()) == sorted(names(rule, job, first, second))
    assert taken(valkey, 4) == names(first, second, job, rule)


def test_every_waiting_message_is_in_a_list_that_is_looked_into(
    slide: Slide, valkey: str
) -> None:
    for priority in Priority.values:
        ask(slide, f"With {priority}?", priority)
    lengths: list[Any] = [connection().llen(name) for name in WAITING_LISTS]
    assert lengths == [1, 1, 1]


def test_a_person_who_asks_what_a_job_has_asked_hurries_it(
    slide: Slide, valkey: str
) -> None:
    others = [ask(slide, f"Number {n}?", Priority.LOW) for n in range(2)]
    same = ask(slide, "Number 1?")
    assert same == others[1]
    assert place_of(same) == 1
    assert taken(valkey, 1) == names(same)


def test_a_job_hurries_no_question_and_nothing_is_slowed_down(
    slide: Slide, valkey: str
) -> None:
    asked = ask(slide, "Is it?")
    assert ask(slide, "Is it?", Priority.LOW) == asked
    asked.refresh_from_db()
    assert asked.priority == Priority.HIGH
    assert len(list(waiting_messages())) == 1


def test_what_is_being_answered_is_not_sent_again(slide: Slide, valkey: str) -> None:
    asked = ask(slide, "Is it?", Priority.LOW)
    began = timezone.now() - timedelta(seconds=1)
    Question.objects.update(state=Question.State.WRITING, started_at=began)
    assert ask(slide, "Is it?") == asked
    assert len(list(waiting_messages())) == 1
