"""Whatever is wrong with a request to REST, the answer is a problem with a code."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from webapp.accounts.models import User

JOBS = "/api/v1/jobs"
JSON = "application/json"


def code_of(answer: Any) -> tuple[int, str]:
    """Its status and code; the rest of a problem is there too."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == answer.status_code
    assert body["title"]
    assert body["detail"]
    assert body["request_id"] == answer.headers["X-Request-ID"]
    return answer.status_code, body["code"]


@pytest.mark.parametrize(
    "path", ["/api", "/api/", "/api/v1", "/api/v1/", "/api/v2/jobs", "/api/v1/jobs/"]
)
def test_an_address_of_nothing(client: Client, path: str) -> None:
    assert code_of(client.get(path)) == (404, "NOT_FOUND")


@pytest.mark.parametrize("path", [JOBS, "/api/v1/docs", "/api/v1/schema"])
def test_a_method_that_is_not_offered(as_alice: Client, path: str) -> None:
    answer = as_alice.put(path)
    assert code_of(answer) == (405, "METHOD_NOT_ALLOWED")
    assert "GET" in answer.headers["Allow"]


def test_a_form_that_cannot_be_had_says_which_can(as_alice: Client) -> None:
    answer = as_alice.get(JOBS, headers={"Accept": "application/xml"})
    assert code_of(answer) == (406, "NOT_ACCEPTABLE")
    assert JSON in answer.json()["detail"]


@pytest.mark.parametrize("sent", ["application/xml", ""])
def test_a_body_of_another_kind_says_what_is_taken(as_alice: Client, sent: str) -> None:
    answer = as_alice.generic("POST", JOBS, b"<job/>", sent)
    assert code_of(answer) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert JSON in answer.headers["Accept"]


@pytest.mark.parametrize("body", [b"\xff\xfe", b"{", b"[]", b"null", b"7"])
def test_a_body_that_is_no_object(as_alice: Client, body: bytes) -> None:
    status, code = code_of(as_alice.generic("POST", JOBS, body, JSON))
    assert (status, code) in {(400, "PARSE_ERROR"), (400, "INVALID")}


@pytest.mark.parametrize(
    "query", ["cursor=made-up", "state=odd", "study=%00", "created_after=never"]
)
def test_a_query_that_means_nothing(as_alice: Client, query: str) -> None:
    assert code_of(as_alice.get(f"{JOBS}?{query}")) == (400, "INVALID")


def test_too_many_calls(as_alice: Client, valkey: str, settings: Settings) -> None:
    settings.REST_PER_MINUTE = 1
    answers = [as_alice.get(JOBS) for _ in range(4)]
    # The minute may end between two of them.
    answer = next(one for one in answers if one.status_code != 200)
    assert code_of(answer) == (429, "THROTTLED")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60


def test_a_form_from_elsewhere(alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert code_of(client.post(JOBS, {}, JSON)) == (403, "CSRF_FAILED")


def test_a_host_that_is_not_ours(as_alice: Client) -> None:
    answer = as_alice.get(JOBS, headers={"Host": "elsewhere.example"})
    assert code_of(answer) == (400, "INVALID")


@pytest.mark.parametrize("number", ["-2.6e149", "1e400", "99999999999999999999", "-1"])
def test_a_number_that_no_row_can_have(as_alice: Client, number: str) -> None:
    answer = as_alice.get(f"/api/v1/reviews?model_version={number}")
    assert code_of(answer) == (400, "INVALID")
