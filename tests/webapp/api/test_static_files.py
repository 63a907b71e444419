"""Static files come from the web process, without collecting first."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

CSS = "/static/site/site.css"


@pytest.fixture(autouse=True)
def nothing_collected(settings: Settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path / "not-there"


def test_a_file_is_whole_and_checked_again_soon() -> None:
    answer = Client().get(CSS)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/css")
    assert b"--ground" in answer.content
    assert answer.headers["Cache-Control"] == "max-age=60, public"
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_an_unchanged_file_is_not_sent_again() -> None:
    seen = Client().get(CSS).headers["ETag"]
    answer = Client().get(CSS, headers={"If-None-Match": seen})
    assert (answer.status_code, answer.content) == (304, b"")


def test_a_part_can_be_asked_for() -> None:
    whole = Client().get(CSS).content
    part = Client().get(CSS, headers={"Range": "bytes=5-9"})
    assert (part.status_code, part.content) == (206, whole[5:10])


def test_head_sends_the_length_alone() -> None:
    answer = Client().head(CSS)
    length = len(Client().get(CSS).content)
    assert (answer.headers["Content-Length"], answer.content) == (str(length), b"")
