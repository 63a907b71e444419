"""The page about the site."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

from tests.webapp.factories import make_model_version

ABOUT = "/about/"


def test_it_names_the_model_that_answers(as_alice: Client) -> None:
    make_model_version(name="dragonfly-mini", note="small research model")
    page = as_alice.get(ABOUT)
    assertContains(page, "dragonfly-mini")
    assertContains(page, "small research model")


def test_before_a_worker_came_it_says_so(as_alice: Client) -> None:
    make_model_version(state="candidate")
    assertContains(as_alice.get(ABOUT), "no inference worker has told of one")


@pytest.mark.django_db
def test_a_passer_by_is_told_no_model(client: Client) -> None:
    make_model_version(name="dragonfly-mini")
    page = client.get(ABOUT)
    assertNotContains(page, "dragonfly-mini")
    assertContains(page, "Apache License 2.0")
