"""Double reading: Cohen's kappa, checked by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

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
