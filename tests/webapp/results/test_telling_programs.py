"""Programs of whoever asked are told of a result, and nothing of a patient."""

from __future__ import annotations

import pytest

from webapp.accounts.models import User
from webapp.questions.models import Question
from webapp.results.services import make_result
from webapp.reviews.services import review_answer
from webapp.reviews.services.reviewing import Judgement
from webapp.webhooks import secret
from webapp.webhooks.models import WebhookDelivery, WebhookEndpoint


@pytest.fixture
def endpoint(alice: User) -> WebhookEndpoint:
    return listening(alice)


def listening(owner: User, *events: str) -> WebhookEndpoint:
    return WebhookEndpoint.objects.create(
        owner=owner,
        url="https://receiver.example/",
        sealed_secret=secret.seal(secret.draw()),
        events=list(events),
    )


def test_it_names_result_and_question_and_no_more(
    question: Question, endpoint: WebhookEndpoint
) -> None:
    made = make_result(question, "ko")
    (told,) = WebhookDelivery.objects.filter(endpoint=endpoint)
    assert told.event == "result.made"
    assert told.payload == {
        "id": str(made.pk),
        "question": str(question.pk),
        "kind": "ko",
        "version": 1,
        "is_verified": False,
    }


def test_a_reviewed_version_is_told_as_such(
    question: Question, alice: User, endpoint: WebhookEndpoint
) -> None:
    review_answer(question, alice, Judgement("right"))
    make_result(question, "sr")
    told = WebhookDelivery.objects.get(endpoint=endpoint)
    assert (told.payload["version"], told.payload["is_verified"]) == (2, True)


def test_what_was_made_before_is_not_told_again(
    question: Question, endpoint: WebhookEndpoint
) -> None:
    make_result(question, "ko")
    make_result(question, "ko")
    assert WebhookDelivery.objects.count() == 1


def test_others_are_told_nothing(question: Question, alice: User, bob: User) -> None:
    listening(bob)
    listening(alice, "job.failed")
    make_result(question, "ko")
    assert not WebhookDelivery.objects.exists()
