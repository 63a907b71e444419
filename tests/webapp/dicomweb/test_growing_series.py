"""A series that grows has one message on its way until it is quiet."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from tests.webapp.jobs.test_dicom import make_series
from webapp.accounts.models import User
from webapp.broker import connection
from webapp.celery import app
from webapp.dicomweb.models import Series
from webapp.dicomweb.preparing import follow_series, send_series


@pytest.fixture
def sent(valkey: str, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> list[int]:
    """Series of the messages that were sent."""
    settings.SERIES_QUIET_SECONDS = 20
    for key in connection().scan_iter("dragonfly:series:*"):
        connection().delete(key)
    found: list[int] = []

    def send_task(name: str, args: tuple[int], **options: Any) -> None:
        found.append(args[0])

    monkeypatch.setattr(app, "send_task", send_task)
    return found


def test_many_objects_send_one_message(alice: User, sent: list[int]) -> None:
    one, other = make_series(alice, "1.2.3.1"), make_series(alice, "1.2.3.2")
    for series in (one, one, other, one):
        send_series(series.pk)
    assert sent == [one.pk, other.pk]


def test_one_that_grew_meanwhile_is_looked_at_again(
    alice: User, sent: list[int]
) -> None:
    series = make_series(alice, "1.2.3.1")
    follow_series(series.pk)
    assert sent == [series.pk]


def test_a_quiet_one_is_not(alice: User, sent: list[int]) -> None:
    series = make_series(alice, "1.2.3.1", n=0)
    Series.objects.update(changed_at=timezone.now() - timedelta(minutes=1))
    follow_series(series.pk)
    assert sent == []
