"""Static files come from the web process, without collecting first."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

CSS = "/static/site/site.css"
BUILT = "/static/page-B2xQ9f_k.js"


@pytest.fixture
def built(settings: Settings, tmp_path: Path) -> Path:
    """A built file, known to a server that has begun."""
    folder = tmp_path / "dist"
    folder.mkdir()
    (folder / "page-B2xQ9f_k.js").write_text("first")
    settings.STATICFILES_DIRS = [folder]
    return folder / "page-B2xQ9f_k.js"


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


def test_a_file_that_is_gone_is_not_found(built: Path) -> None:
    browser = Client()
    assert browser.get(BUILT).status_code == 200
    built.unlink()
    assert browser.get(BUILT).status_code == 404


def test_a_file_that_was_built_again_is_the_new_one(built: Path) -> None:
    browser = Client()
    seen = browser.get(BUILT).headers["ETag"]
    fresh = built.with_suffix(".fresh")
    fresh.write_text("second, longer")
    os.replace(fresh, built)
    answer = browser.get(BUILT, headers={"If-None-Match": seen})
    assert (answer.status_code, answer.content) == (200, b"second, longer")
    assert answer.headers["Content-Length"] == "14"


def test_a_file_that_came_later_is_found(built: Path) -> None:
    browser = Client()
    assert browser.get("/static/later.css").status_code == 404
    (built.parent / "later.css").write_text("p {}")
    assert browser.get("/static/later.css").content == b"p {}"


def test_a_file_that_goes_while_it_is_looked_at_is_not_found(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def vanish(*_: object) -> None:
        raise FileNotFoundError

    browser = Client()
    monkeypatch.setattr("whitenoise.responders.StaticFile.get_response", vanish)
    assert browser.get(BUILT).status_code == 404


@pytest.mark.parametrize("path", ["../settings.py", "..%2Fsettings.py", "site", "/"])
def test_nothing_else_is_given_out(path: str) -> None:
    assert Client().get(f"/static/{path}").status_code == 404
