"""Who is let in: forged, ended, revoked and borrowed tokens; slides that are gone."""

from __future__ import annotations

import dataclasses
import shutil
import time
import uuid

import pytest
from pytest_django.fixtures import Settings

from tests.slides import write_pyramid
from tests.webapp.tiles.conftest import Asker, ask, digest, granted, write_slide
from webapp.accounts.models import User
from webapp.slides.models import Slide
from webapp.slides.tiles import visitor
from webapp.slides.tiles.application import TileApplication
from webapp.slides.tiles.listing import publish, restore, revoke, unpublish


@pytest.fixture(autouse=True)
def look_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait a second before what is on the disk is looked at again."""
    monkeypatch.setattr(visitor, "LOOK_AGAIN_SECONDS", 0.0)


def test_without_a_lease_there_is_no_tile(viewer: Asker) -> None:
    reply = dataclasses.replace(viewer, lease="").get("3/0_0.jpg")
    assert reply.status == 401
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.headers["cache-control"] == "no-store"


def test_every_changed_character_of_an_address_is_refused(viewer: Asker) -> None:
    address, cookie = viewer.grant.address, {"cookie": f"tile_lease={viewer.lease}"}
    for i, letter in enumerate(address):
        forged = address[:i] + ("B" if letter == "A" else "A") + address[i + 1 :]
        path = f"/tiles/{forged}/3/0_0.jpg"
        assert ask(viewer.application, path, headers=cookie).status == 401


def test_every_changed_character_of_a_lease_is_refused(viewer: Asker) -> None:
    for i, letter in enumerate(viewer.lease):
        forged = "B" if letter == "A" else "A"
        lease = viewer.lease[:i] + forged + viewer.lease[i + 1 :]
        assert dataclasses.replace(viewer, lease=lease).get("3/0_0.jpg").status == 401


def test_a_key_of_another_site_signs_nothing_here(
    application: TileApplication, slide: Slide, alice: User, settings: Settings
) -> None:
    settings.SECRET_KEY = "of another site"
    stranger = granted(application, slide, alice)
    address, lease = stranger.grant.address, stranger.lease
    settings.SECRET_KEY = "of this site"
    path = f"/tiles/{address}/3/0_0.jpg?lease={lease}"
    assert ask(application, path).status == 401


def test_an_ended_lease_is_refused(viewer: Asker) -> None:
    ended = dataclasses.replace(viewer, lease=viewer.grant.lease(int(time.time()) - 1))
    assert ended.get("3/0_0.jpg").status == 401


def test_a_lease_ends_while_it_is_in_use(
    viewer: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert viewer.get("3/0_0.jpg").status == 200
    later = time.time() + 301
    monkeypatch.setattr(time, "time", lambda: later)
    assert viewer.get("3/0_0.jpg").status == 401
    renewed = dataclasses.replace(viewer, lease=viewer.grant.lease(int(later) + 300))
    assert renewed.get("3/0_0.jpg").status == 200


def test_a_lease_of_another_slide_is_refused(
    application: TileApplication, viewer: Asker, alice: User
) -> None:
    other = granted(application, write_slide(alice), alice)
    mixed = dataclasses.replace(viewer, lease=other.lease)
    assert mixed.get("3/0_0.jpg").status == 401


def test_a_lease_of_another_user_is_refused(
    application: TileApplication, viewer: Asker, slide: Slide, bob: User
) -> None:
    other = granted(application, slide, bob)
    assert other.get("3/0_0.jpg").status == 200
    assert dataclasses.replace(viewer, lease=other.lease).get("3/0_0.jpg").status == 401


def test_a_script_gives_its_lease_in_the_query(viewer: Asker) -> None:
    path = f"/tiles/{viewer.grant.address}/3/0_0.jpg?lease={viewer.lease}"
    assert ask(viewer.application, path).status == 200


def test_who_is_revoked_is_refused_at_once_and_may_come_back(
    application: TileApplication, slide: Slide, alice: User, bob: User
) -> None:
    owner, colleague = (granted(application, slide, who) for who in (alice, bob))
    assert colleague.get("3/0_0.jpg").status == 200
    revoke(slide, bob.pk)
    assert colleague.get("3/0_0.jpg").status == 401
    assert owner.get("3/0_0.jpg").status == 200
    restore(slide, bob.pk)
    assert colleague.get("3/0_0.jpg").status == 200


def test_a_deleted_slide_is_gone(viewer: Asker, slide: Slide) -> None:
    assert viewer.get("3/0_0.jpg").status == 200
    unpublish(slide)
    assert viewer.get("3/0_0.jpg").status == 410
    shutil.rmtree(slide.folder)
    assert viewer.get("3/0_0.jpg").status == 410


def test_a_file_that_vanished_is_gone(viewer: Asker, slide: Slide) -> None:
    slide.path.unlink()
    assert viewer.get("3/0_0.jpg").status == 410


def test_a_replaced_slide_is_gone_for_those_who_saw_the_old_one(
    application: TileApplication, viewer: Asker, slide: Slide, alice: User
) -> None:
    assert viewer.get("3/0_0.jpg").status == 200
    slide.entry = f"{slide.id}/original/again.svs"
    write_pyramid(slide.path, downsamples=(1,))
    digest(slide)
    publish(slide)
    assert viewer.get("3/0_0.jpg").status == 410
    assert granted(application, slide, alice).get("3/0_0.jpg").status == 200


def test_a_slide_that_was_never_published_is_gone(
    application: TileApplication, slide: Slide, alice: User
) -> None:
    slide.id = uuid.uuid4()
    assert granted(application, slide, alice).get("3/0_0.jpg").status == 410
