"""The hours of the night, in UTC, before and after midnight."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from webapp.finetuning.night import is_night


@pytest.mark.parametrize(
    ("night", "hours"),
    [
        ("20-6", {20, 21, 22, 23, 0, 1, 2, 3, 4, 5}),
        ("1-5", {1, 2, 3, 4}),
        ("0-24", set(range(24))),
        ("0-0", set()),
    ],
)
def test_the_night_is_from_its_first_hour_until_its_last(
    night: str, hours: set[int], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.TRAINING_NIGHT = night

    def is_at(hour: int) -> bool:
        now = datetime(2026, 3, 1, hour, 59, tzinfo=UTC)
        monkeypatch.setattr(timezone, "now", lambda: now)
        return is_night()

    assert {hour for hour in range(24) if is_at(hour)} == hours


def test_hours_that_are_none_are_refused_at_the_start() -> None:
    command = ["env", "TRAINING_NIGHT=20-late", sys.executable, "-c"]
    started = subprocess.run(
        [*command, "import webapp.settings"], capture_output=True, text=True
    )
    assert started.returncode != 0
    assert "TRAINING_NIGHT must be two hours like 20-6" in started.stderr
