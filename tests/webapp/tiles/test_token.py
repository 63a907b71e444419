"""Who is given a token for a slide's tiles."""

from __future__ import annotations

import re
import time
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse, set_script_prefix
from django.utils.dateparse import parse_datetime

from dragonfly.slide import open_slide
from tests.webapp.factories import make_slide
from tests.webapp.tiles.conftest import Reply, ask
from webapp.accounts.models import User
from webapp.slides.models import Slide, SlideAccess
from webapp.slides.tiles.application import TileApplication
from webapp.slides.tiles.grid import describe_grid
from webapp.slides.tiles.listing import is_revoked, revoke


def ask_token(client: Client, slide_id: uuid.UUID) -> Any:
    return client.post(reverse("api:slide-tile-token", args=[slide_id]))


def tile_by_cookie(application: TileApplication, answer: Any, tile: str) -> Reply:
    """As a browser does it: the cookie goes along where its path says so."""
    z, x, y = map(int, re.split("[/_]", tile))
    url = answer.json()["url"].format(z=z, x=x, y=y)
    cookie = answer.cookies["tile_lease"]
    assert url.startswith(cookie["path"])
    return ask(application, url, headers={"cookie": f"tile_lease={cookie.value}"})


def test_the_token_opens_the_slide_s_tiles(
    as_alice: Client, slide: Slide, application: TileApplication
) -> None:
    answer = ask_token(as_alice, slide.id)
    assert answer.status_code == 200
    assert tile_by_cookie(application, answer, "3/1_1").status == 200


def test_a_program_uses_the_lease_from_the_answer(
    as_alice: Client, slide: Slide, application: TileApplication
) -> None:
    given = ask_token(as_alice, slide.id).json()
    url = given["url"].format(z=3, x=1, y=1) + f"?lease={given['lease']}"
    assert ask(application, url).status == 200


def test_the_cookie_is_for_these_tiles_alone_and_not_for_scripts(
    as_alice: Client, slide: Slide
) -> None:
    answer = ask_token(as_alice, slide.id)
    cookie = answer.cookies["tile_lease"]
    assert answer.json()["url"] == cookie["path"] + "{z}/{x}_{y}.jpg"
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert cookie["max-age"] == 300
    assert answer["Cache-Control"] == "no-store"


def test_it_says_when_it_ends(as_alice: Client, slide: Slide) -> None:
    ends = parse_datetime(ask_token(as_alice, slide.id).json()["expires_at"])
    assert ends is not None
    assert ends.timestamp() == pytest.approx(time.time() + 300, abs=5)


def test_the_url_stays_the_same_when_it_is_renewed(
    as_alice: Client, slide: Slide, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = ask_token(as_alice, slide.id).json()
    later = time.time() + 240
    monkeypatch.setattr(time, "time", lambda: later)
    second = ask_token(as_alice, slide.id).json()
    assert first["url"] == second["url"]
    assert first["lease"] != second["lease"]


def test_two_people_have_different_urls(
    as_alice: Client, as_bob: Client, bob: User, slide: Slide
) -> None:
    SlideAccess.objects.create(slide=slide, user=bob)
    urls = {ask_token(client, slide.id).json()["url"] for client in (as_alice, as_bob)}
    assert len(urls) == 2


def test_a_stranger_gets_404(as_charlie: Client, slide: Slide) -> None:
    assert ask_token(as_charlie, slide.id).status_code == 404
    assert ask_token(as_charlie, uuid.uuid4()).status_code == 404


def test_who_lost_access_gets_no_new_token(
    as_bob: Client, bob: User, slide: Slide
) -> None:
    access = SlideAccess.objects.create(slide=slide, user=bob)
    assert ask_token(as_bob, slide.id).status_code == 200
    access.delete()
    assert ask_token(as_bob, slide.id).status_code == 404


def test_who_gets_access_again_is_let_in_again(
    as_bob: Client, bob: User, slide: Slide
) -> None:
    SlideAccess.objects.create(slide=slide, user=bob)
    revoke(slide, bob.pk)
    ask_token(as_bob, slide.id)
    assert not is_revoked(slide.id, bob.pk)


def test_nobody_gets_one_without_signing_in(client: Client, slide: Slide) -> None:
    assert ask_token(client, slide.id).status_code in (401, 403)


def test_a_slide_in_preparation_has_no_tiles(as_alice: Client, alice: User) -> None:
    slide = make_slide(alice, state=Slide.State.PREPARING)
    answer = ask_token(as_alice, slide.id)
    assert (answer.status_code, answer.json()["code"]) == (409, "SLIDE_NOT_READY")


def test_the_grid_is_the_recorded_one(as_alice: Client, slide: Slide) -> None:
    with open_slide(slide.path) as opened:
        slide.grid = dict(describe_grid(opened))
    slide.save()
    grid = ask_token(as_alice, slide.id).json()["grid"]
    assert (grid["tile"], grid["frames"]) == (128, 1)
    assert [step["stored"] for step in grid["steps"]] == [False, True, False, True]
    assert grid["steps"][1] == {
        "z": 1,
        "downsample": 4,
        "width": 225,
        "height": 175,
        "columns": 2,
        "rows": 2,
        "stored": True,
    }


def test_under_a_prefix_the_tiles_are_too(as_alice: Client, slide: Slide) -> None:
    path = reverse("api:slide-tile-token", args=[slide.id])
    # A server sets it from URL_PREFIX before each request; the test's client does not.
    set_script_prefix("/pathology/")
    try:
        answer = as_alice.post(path)
    finally:
        set_script_prefix("/")
    assert answer.json()["url"].startswith("/pathology/tiles/")
    assert answer.cookies["tile_lease"]["path"].startswith("/pathology/tiles/")
