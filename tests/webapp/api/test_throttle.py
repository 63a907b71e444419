"""So many calls a minute; counted for each caller by itself."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from tests.valkey import free_port
from webapp.api.throttle import Limit, seconds_to_wait


@pytest.mark.usefixtures("valkey")
def test_one_caller_too_many_and_another_not(
    as_alice: Client, as_bob: Client, settings: Settings
) -> None:
    settings.REST_PER_MINUTE = 2
    answers = [as_alice.get("/api/v1/me") for _ in range(5)]
    assert {answer.status_code for answer in answers[:2]} == {200}
    refused = [answer for answer in answers if answer.status_code == 429]
    # A minute may have begun anew in between.
    assert refused
    assert refused[0].json()["code"] == "THROTTLED"
    assert 0 < int(refused[0]["Retry-After"]) <= 60
    assert as_bob.get("/api/v1/me").status_code == 200


@pytest.mark.usefixtures("valkey")
def test_dicomweb_says_so_in_its_own_form(as_alice: Client, settings: Settings) -> None:
    settings.DICOMWEB_PER_MINUTE = 1
    answers = [as_alice.get("/dicom-web/studies") for _ in range(4)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert int(refused[0]["Retry-After"]) > 0


@pytest.mark.usefixtures("valkey")
def test_looking_counts_nothing() -> None:
    limit = Limit("test", 1)
    assert [seconds_to_wait(limit, "a", add=0) for _ in range(3)] == [0, 0, 0]


def test_zero_is_no_limit() -> None:
    assert seconds_to_wait(Limit("test", 0), "a") == 0


def test_without_a_queue_nobody_is_kept_out(settings: Settings) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    assert [seconds_to_wait(Limit("test", 1), "a") for _ in range(3)] == [0, 0, 0]
