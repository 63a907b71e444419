"""An administrator makes an example of a review, once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dragonfly.geometry import Region
from webapp.questions.models import Question
from webapp.reviews.models import Example, Review

pytestmark = pytest.mark.django_db
Post = Callable[..., Any]


@pytest.fixture
def pending(as_bob: Client, question: Question, review: Post) -> str:
    drawn = [{"x": 10, "y": 20, "width": 30, "height": 40}]
    return str(review(as_bob, question, regions=drawn).json()["id"])


def act(client: Client, pk: str, verb: str, **fields: Any) -> Any:
    url = f"/api/v1/reviews/{pk}/{verb}"
    return client.post(url, fields, content_type="application/json")


def test_accepting_makes_an_example_of_the_correction(
    as_root: Client, pending: str, question: Question
) -> None:
    assert act(as_root, pending, "accept").json()["state"] == "accepted"
    example = Example.objects.get()
    assert (example.question, example.answer) == (question.text, "Yes, necrosis.")
    assert example.region == Region(10, 20, 30, 40)
    assert example.slide_digest == question.slide_digest


def test_a_changed_answer_is_an_edit(as_root: Client, pending: str) -> None:
    edited = act(as_root, pending, "accept", answer="Focal necrosis.").json()
    assert edited["state"] == "edited"
    assert Example.objects.get().answer == "Focal necrosis."


def test_a_right_answer_is_learned_as_it_was_given(
    as_root: Client, as_alice: Client, question: Question, review: Post
) -> None:
    said = review(as_alice, question, verdict="right", corrected_answer="").json()
    act(as_root, said["id"], "accept")
    example = Example.objects.get()
    assert example.answer == "No necrosis."
    # Nothing was drawn: the whole slide was asked about.
    assert (example.width, example.height) == (2048, 1024)


def test_nothing_is_learned_from_a_rejected_review(
    as_root: Client, pending: str
) -> None:
    body = act(as_root, pending, "reject", reason="Out of focus.").json()
    assert (body["state"], body["decision_reason"]) == ("rejected", "Out of focus.")
    assert not Example.objects.exists()


def test_a_review_is_decided_once(as_root: Client, pending: str) -> None:
    act(as_root, pending, "accept")
    again = act(as_root, pending, "reject")
    assert (again.status_code, again.json()["code"]) == (409, "REVIEW_DECIDED")
    assert Example.objects.count() == 1


def test_a_superseded_review_is_not_decided(
    as_root: Client, as_bob: Client, pending: str, question: Question, review: Post
) -> None:
    review(as_bob, question, corrected_answer="Perhaps.")
    assert act(as_root, pending, "accept").json()["code"] == "REVIEW_OUTDATED"
    assert not Example.objects.exists()


def test_a_wrong_answer_without_a_correction_teaches_nothing(
    as_root: Client, as_alice: Client, question: Question, review: Post
) -> None:
    said = review(as_alice, question, corrected_answer="").json()
    assert act(as_root, said["id"], "accept").json()["code"] == "ANSWER_MISSING"
    assert Review.objects.get(pk=said["id"]).state == "pending"


def test_only_administrators_decide(as_bob: Client, pending: str) -> None:
    assert act(as_bob, pending, "accept").status_code == 403
    assert act(as_bob, pending, "reject").status_code == 403


def test_the_same_about_nearly_the_same_place_is_marked(
    as_root: Client, as_alice: Client, question: Question, review: Post, pending: str
) -> None:
    drawn = [{"x": 12, "y": 20, "width": 30, "height": 40}]
    other = review(as_alice, question, corrected_answer="Some.", regions=drawn).json()
    act(as_root, pending, "accept")
    act(as_root, other["id"], "accept")
    second, first = Example.objects.all()
    assert second.near_duplicate_of == first


def test_the_queue_in_the_administration(as_root: Client, pending: str) -> None:
    url = reverse("admin:reviews_review_changelist")
    page = as_root.get(f"{url}?state__exact=pending&disagreement=yes")
    assert page.status_code == 200
    as_root.post(url, {"action": "accept", "_selected_action": [pending]})
    assert Review.objects.get().state == "accepted"


def test_editing_in_the_administration(as_root: Client, pending: str) -> None:
    url = reverse("admin:reviews_review_change", args=(pending,))
    page = as_root.get(url)
    assert "Yes, necrosis." in page.content.decode()
    as_root.post(url, {"answer": "Broad necrosis."})
    assert Example.objects.get().answer == "Broad necrosis."
    assert Review.objects.get().state == "edited"
