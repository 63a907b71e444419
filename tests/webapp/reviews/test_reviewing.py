"""A review is its author's own: versioned, and never another person's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.webapp.factories import make_question
from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.questions.models import Question
from webapp.reviews.models import Review

pytestmark = pytest.mark.django_db
Post = Callable[..., Any]


def test_a_review_says_what_would_have_been_right(
    as_bob: Client, question: Question, review: Post
) -> None:
    region = {"x": 2000, "y": 10, "width": 100, "height": 50}
    evidence = [{"number": 1, "verdict": "wrong", "regions": [region]}]
    response = review(as_bob, question, evidence=evidence, comment="See the margin.")
    assert response.status_code == 201
    body = response.json()
    assert body["reviewer"] == "bob"
    assert body["is_mine"]
    assert body["corrected_answer"] == "Yes, necrosis."
    # Cut to the slide, which is 2048 px wide.
    assert body["evidence"][0]["regions"] == [region | {"width": 48}]
    assert AuditEvent.objects.get(action="review.write").actor_id is not None


def test_a_second_review_supersedes_ones_own_alone(
    as_alice: Client, as_bob: Client, question: Question, review: Post
) -> None:
    review(as_alice, question, verdict="right", corrected_answer="")
    review(as_bob, question)
    again = review(as_bob, question, verdict="partly").json()
    assert again["version"] == 2
    url = f"/api/v1/questions/{question.pk}/reviews"
    now = as_bob.get(url).json()["results"]
    assert [(r["reviewer"], r["verdict"]) for r in now] == [
        ("bob", "partly"),
        ("alice", "right"),
    ]
    assert len(as_bob.get(f"{url}?history=true").json()["results"]) == 3


def test_a_stranger_finds_nothing(
    as_charlie: Client, as_bob: Client, question: Question, review: Post
) -> None:
    mine = review(as_bob, question).json()
    assert review(as_charlie, question).status_code == 404
    assert as_charlie.get(f"/api/v1/reviews/{mine['id']}").status_code == 404
    assert as_charlie.get("/api/v1/reviews").json()["results"] == []


def test_only_an_answer_is_reviewed(
    as_alice: Client, question: Question, review: Post
) -> None:
    waiting = make_question(question.slide)
    refused = review(as_alice, waiting)
    assert refused.status_code == 409
    assert refused.json()["code"] == "QUESTION_NOT_ANSWERED"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"verdict": "fine"}, "INVALID"),
        ({"verdict": "right"}, "CORRECTION_EMPTY"),
        ({"evidence": [{"number": 7, "verdict": "wrong"}]}, "EVIDENCE_UNKNOWN"),
        ({"regions": [{"x": 9999, "y": 0, "width": 9, "height": 9}]}, "REGION_OUTSIDE"),
        ({"comment": "x" * 4001}, "INVALID"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    as_alice: Client, question: Question, review: Post, fields: Any, code: str
) -> None:
    refused = review(as_alice, question, **fields)
    assert (refused.status_code, refused.json()["code"]) == (400, code)
    assert not Review.objects.exists()


def test_reviews_are_found_by_what_they_say(
    as_alice: Client, as_bob: Client, question: Question, review: Post, bob: User
) -> None:
    review(as_alice, question, verdict="right", corrected_answer="")
    review(as_bob, question)

    def found(query: str) -> list[str]:
        rows = as_bob.get(f"/api/v1/reviews?{query}").json()["results"]
        return [row["reviewer"] for row in rows]

    assert found("verdict=wrong") == ["bob"]
    assert found("reviewer=alice") == ["alice"]
    assert found("disagreement=true") == ["bob", "alice"]
    assert found("disagreement=false") == []
    assert found(f"slide={question.slide_id}&state=pending") == ["bob", "alice"]
