"""A database or a queue that is away: 503, and when to come again."""

from __future__ import annotations

import pytest
from django.db import DataError, OperationalError
from redis.exceptions import ConnectionError as NoQueueError

from webapp.api.problems import handle


@pytest.mark.parametrize(
    ("error", "code"),
    [(OperationalError(), "DATABASE_DOWN"), (NoQueueError(), "QUEUE_DOWN")],
)
def test_it_says_what_is_away(error: Exception, code: str) -> None:
    response = handle(error, {})
    assert response is not None
    assert (response.status_code, response.data["code"]) == (503, code)
    assert int(response.headers["Retry-After"]) > 0


def test_a_fault_of_ours_stays_one() -> None:
    assert handle(DataError(), {}) is None
