"""Lists come in pages that new rows do not shift."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from tests.webapp.factories import make_model_version
from webapp.training.models import ModelVersion


def make(name: str) -> None:
    make_model_version(name=name, state=ModelVersion.State.CANDIDATE)


def test_a_new_row_shifts_no_page(as_alice: Client) -> None:
    for name in "abc":
        make(name)
    first = as_alice.get(reverse("api:models"), {"page_size": 2}).json()
    make("new")
    second = as_alice.get(first["next"]).json()
    names = [v["name"] for v in first["results"] + second["results"]]
    assert names == ["c", "b", "a"]
    assert (first["previous"], second["next"]) == (None, None)


def test_a_page_is_never_larger_than_the_limit(as_alice: Client) -> None:
    for number in range(201):
        make(str(number))
    answer = as_alice.get(reverse("api:models"), {"page_size": 100_000}).json()
    assert len(answer["results"]) == 200


def test_a_broken_cursor_is_a_problem(as_alice: Client) -> None:
    answer = as_alice.get(reverse("api:models"), {"cursor": "nonsense"})
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID")
