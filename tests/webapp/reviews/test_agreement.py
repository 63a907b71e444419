"""Double reading: Cohen's kappa, checked by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from webapp.questions.models import Question
from webapp.reviews.agreement import cohens_kappa


def test_kappa_of_a_worked_example() -> None:
    # 20 both yes, 15 both no, 5 and 10 apart: p_o = 0.7, p_e = 0.5, kappa = 0.4.
    pairs = (
        [("yes", "yes")] * 20
        + [("yes", "no")] * 5
        + [("no", "yes")] * 10
        + [("no", "no")] * 15
    )
    assert cohens_kappa(pairs) == pytest.approx(0.4)


def test_full_agreement_and_its_opposite() -> None:
    assert cohens_kappa([("a", "a"), ("b", "b")]) == 1
    assert cohens_kappa([("a", "b"), ("b", "a")]) == -1


def test_one_and_the_same_verdict_tells_nothing() -> None:
    assert cohens_kappa([("a", "a")] * 3) is None
    assert cohens_kappa([]) is None


@pytest.mark.django_db
def test_two_readers_of_one_answer(
    as_root: Client,
    as_alice: Client,
    as_bob: Client,
    question: Question,
    review: Callable[..., Any],
) -> None:
    review(as_alice, question)
    review(as_bob, question, verdict="unusable", corrected_answer="")
    (pair,) = as_root.get("/api/v1/reviews/agreement").json()["pairs"]
    assert pair == {
        "reviewers": ["alice", "bob"],
        "questions": 1,
        "agreement": 0.0,
        "kappa": 0.0,
    }
    assert as_bob.get("/api/v1/reviews/agreement").status_code == 403


@pytest.mark.django_db
def test_the_queue_shows_who_disagrees_and_how_far(
    as_root: Client,
    as_alice: Client,
    as_bob: Client,
    question: Question,
    review: Callable[..., Any],
) -> None:
    url = reverse("admin:reviews_review_changelist")
    alone = review(as_alice, question, corrected_answer="Alone.").json()
    assert "How far two reviewers agree" not in as_root.get(url).content.decode()
    disagreed = f"{url}?disagreement=yes"
    assert alone["corrected_answer"] not in as_root.get(disagreed).content.decode()

    review(as_bob, question, verdict="unusable", corrected_answer="")
    page = as_root.get(disagreed).content.decode()
    assert alone["corrected_answer"] in page
    assert "alice and bob" in page
    assert "<td>0 of 1</td>\n<td>0.00</td>" in page


@pytest.mark.django_db
def test_the_queue_is_for_administrators(as_alice: Client) -> None:
    page = as_alice.get(reverse("admin:reviews_review_changelist"))
    assert page.status_code != 200
