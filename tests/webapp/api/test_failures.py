"""Errors outside REST views: a problem for programs, a plain page for people."""

from __future__ import annotations

import logging

import pytest
from django.test import Client, RequestFactory
from pytest_django.asserts import assertContains

from inference_worker.messages import UNEXPECTED
from webapp.accounts.models import User
from webapp.api import failures
from webapp.training import api


def test_an_unknown_rest_route_is_a_problem(client: Client) -> None:
    answer = client.get("/api/v1/nothing")
    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
def test_an_unknown_page_says_so_in_plain_words(client: Client) -> None:
    answer = client.get("/nothing")
    assertContains(answer, "There is nothing here that you can see.", status_code=404)
    assertContains(answer, "sign in", status_code=404)


def test_a_bug_answers_one_sentence_and_leaves_a_traceback(
    alice: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*args: object) -> None:
        raise ZeroDivisionError("inner detail")

    monkeypatch.setattr(api.ModelVersionListView, "get_queryset", broken)
    client = Client(raise_request_exception=False)
    client.force_login(alice)
    with caplog.at_level(logging.ERROR, "django.request"):
        answer = client.get("/api/v1/models")
    assert (answer.status_code, answer.json()["code"]) == (500, "UNEXPECTED")
    assert answer.json()["detail"] == UNEXPECTED
    assert "ZeroDivisionError: inner detail" in caplog.text


def test_a_bug_in_a_page_is_a_page_even_without_a_database(rf: RequestFactory) -> None:
    answer = failures.server_error(rf.get("/"))
    assertContains(answer, UNEXPECTED, status_code=500)
    assertContains(answer, "Research use only.", status_code=500)


@pytest.mark.parametrize(
    ("view", "status"), [(failures.bad_request, 400), (failures.forbidden, 403)]
)
@pytest.mark.django_db
def test_the_inner_reason_is_not_shown(
    rf: RequestFactory, view: object, status: int
) -> None:
    assert callable(view)
    answer = view(rf.get("/"), ValueError("inner detail"))
    assert answer.status_code == status
    assert b"inner detail" not in answer.content
