"""Two at the same moment: one of them is second."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from tests.webapp.factories import make_question
from tests.webapp.questions.conftest import answered
from webapp.accounts.models import User
from webapp.questions.models import Answer, EvidenceRegion, Question
from webapp.questions.services import (
    Asked,
    ask_question,
    record_reply,
    resend_lost_questions,
    stop_question,
)
from webapp.slides.models import Slide

pytestmark = [
    pytest.mark.usefixtures("valkey"),
    pytest.mark.django_db(transaction=True),
]


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Do all of these at the same moment; what each returned."""
    barrier, results = Barrier(len(acts)), [None] * len(acts)

    def run(index: int, act: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            results[index] = act()
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_two_who_ask_the_same_share_one_question(
    slide: Slide, alice: User, bob: User
) -> None:
    def by(user: User) -> Callable[[], Asked]:
        return lambda: ask_question(asker=user, slide=slide, text="Is there necrosis?")

    asked = at_once(by(alice), by(bob))
    assert sorted(one.is_existing for one in asked) == [False, True]
    assert Question.objects.count() == 1


def test_two_replies_leave_one_answer(question: Question) -> None:
    texts = ("one", "two")
    done = at_once(
        *(lambda t=text: record_reply(answered(question, t)) for text in texts)
    )
    assert sorted(done) == [False, True]
    assert Answer.objects.get().text == texts[done.index(True)]
    assert EvidenceRegion.objects.count() == 1


def test_a_stop_and_an_answer_leave_one_end(question: Question, alice: User) -> None:
    at_once(
        lambda: stop_question(question=question, actor=alice),
        lambda: record_reply(answered(question)),
    )
    question.refresh_from_db()
    assert question.state in {"answered", "stopped"}
    assert Answer.objects.exists() == (question.state == "answered")


def test_two_sweepers_send_a_lost_question_once(slide: Slide, settings: Any) -> None:
    settings.LOST_AFTER_SECONDS = 0
    question = make_question(slide, state="writing")
    moved = at_once(resend_lost_questions, resend_lost_questions)
    question.refresh_from_db()
    assert sum(moved) >= 1
    assert question.attempt == 2
