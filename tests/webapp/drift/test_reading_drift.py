"""Administrators read drift on a page and by REST; others find nothing."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.webapp.conftest import signed_in
from tests.webapp.drift.conftest import Ended
from tests.webapp.factories import make_user
from webapp.accounts.models import User

URL = "/api/v1/models/drift"


@pytest.fixture
def as_ada(db: None) -> Client:
    return signed_in(make_user("ada", User.Role.ADMIN))


def test_the_page_marks_in_words(ended: Ended, as_ada: Client) -> None:
    ended(1, 20, verdict="right")
    ended(0, 8, verdict="wrong", familiarity={"distance": 3.0, "threshold": 1.0})

    page = as_ada.get("/models/drift/").content.decode()
    assert page.count("<strong>Changed</strong>") == 1
    assert page.count("<strong>Unfamiliar</strong>") == 1
    assert "wrong 8" in page


def test_an_empty_site_has_a_page(as_ada: Client) -> None:
    assert b"No question has ended" in as_ada.get("/models/drift/").content


def test_rest_tells_the_same(ended: Ended, as_ada: Client) -> None:
    ended(0, 2, verdict="partly", familiarity={"distance": 1.0, "threshold": 4.0})

    told = as_ada.get(URL).json()
    (week,) = told["weeks"]
    assert (week["answered"]["count"], week["right"]["value"]) == (2, 0)
    assert told["distances"][0]["median"] == 0.25
    assert told["thresholds"] == {"points": 10, "fewest": 20, "beyond": 5}


@pytest.mark.parametrize("weeks", ["0", "53", "x"])
def test_a_number_of_weeks_that_makes_no_sense_is_refused(
    as_ada: Client, weeks: str
) -> None:
    answer = as_ada.get(URL, {"weeks": weeks})
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID")


def test_others_find_nothing(as_alice: Client) -> None:
    assert as_alice.get("/models/drift/").status_code == 404
    assert as_alice.get(URL).status_code == 403
