"""Slides over REST: who sees, finds, renames, deletes and shares what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.webapp.factories import make_slide, make_user
from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.slides.models import Slide, SlideAccess
from webapp.slides.removal import purge_deleted
from webapp.slides.tiles.listing import is_revoked, publish, read_listing

SLIDES = "/api/v1/slides"


@pytest.fixture
def slide(alice: User) -> Slide:
    return make_slide(alice)


def address(slide: Slide, part: str = "") -> str:
    return f"{SLIDES}/{slide.id}{part}"


def names(client: Client, **query: object) -> list[str]:
    found = client.get(SLIDES, query).json()["results"]  # type: ignore[arg-type]
    return [row["name"] for row in found]


def share(client: Client, slide: Slide, name: str) -> Any:
    fields = {"username": name}
    return client.post(address(slide, "/access"), fields, "application/json")


def rename(client: Client, slide: Slide, name: str) -> Any:
    return client.patch(address(slide), {"name": name}, "application/json")


def test_the_worklist_has_what_i_may_see(
    as_alice: Client, alice: User, bob: User
) -> None:
    make_slide(alice, name="mine")
    make_slide(bob, name="secret")
    shared = make_slide(bob, name="shared")
    SlideAccess.objects.create(slide=shared, user=alice)
    make_slide(bob, name="demo", is_demo=True)
    assert sorted(names(as_alice)) == ["demo", "mine", "shared"]


def test_a_duplicate_is_read_by_its_identifier_alone(
    as_alice: Client, alice: User, slide: Slide
) -> None:
    again = {"state": "failed", "failure_code": "UPLOAD_DUPLICATE", "twin": slide}
    duplicate = make_slide(alice, name="again", **again)
    assert names(as_alice) == [slide.name]
    assert names(as_alice, state="failed") == []
    assert as_alice.get(address(duplicate)).json()["twin"] == str(slide.id)


def test_the_worklist_can_be_searched(as_alice: Client, alice: User, bob: User) -> None:
    make_slide(alice, name="Liver 1", state=Slide.State.FAILED)
    make_slide(alice, name="liver 2")
    make_slide(alice, name="skin")
    make_slide(bob, name="liver demo", is_demo=True)
    assert sorted(names(as_alice, name="LIVER", owner="me")) == ["Liver 1", "liver 2"]
    assert names(as_alice, state="failed") == ["Liver 1"]
    assert len(names(as_alice, state=["ready", "failed"])) == 4
    assert names(as_alice, owner="others") == ["liver demo"]


def test_an_unknown_state_is_refused(as_alice: Client) -> None:
    assert as_alice.get(SLIDES, {"state": "weird"}).json()["code"] == "INVALID"


def test_the_list_comes_in_pages(as_alice: Client, alice: User) -> None:
    for number in range(3):
        make_slide(alice, name=str(number))
    first = as_alice.get(SLIDES, {"page_size": 2}).json()
    second = as_alice.get(first["next"]).json()
    assert [row["name"] for row in first["results"]] == ["2", "1"]
    assert [row["name"] for row in second["results"]] == ["0"]


def test_a_slide_tells_what_the_viewer_needs(as_alice: Client, slide: Slide) -> None:
    found = as_alice.get(address(slide)).json()
    assert (found["width"], found["state"], found["owner"]) == (2048, "ready", "alice")
    assert found["can_edit"] is True
    assert found["thumbnail"] == address(slide, "/thumbnail")


@pytest.mark.parametrize(
    ("method", "part"),
    [
        ("get", ""),
        ("patch", ""),
        ("delete", ""),
        ("post", "/restore"),
        ("get", "/thumbnail"),
        ("get", "/tissue"),
        ("get", "/label"),
        ("get", "/access"),
        ("post", "/access"),
        ("delete", "/access?username=alice"),
    ],
)
def test_a_stranger_finds_no_slide(
    as_charlie: Client, slide: Slide, method: str, part: str
) -> None:
    reply = getattr(as_charlie, method)(address(slide, part))
    assert (reply.status_code, reply.json()["code"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize("part", ["", "/thumbnail", "/tissue", "/label", "/access"])
def test_nobody_is_asked_to_sign_in(slide: Slide, part: str) -> None:
    assert Client().get(address(slide, part)).status_code == 401


def test_a_colleague_looks_but_changes_nothing(as_bob: Client, slide: Slide) -> None:
    SlideAccess.objects.create(slide=slide, user=User.objects.get(username="bob"))
    assert as_bob.get(address(slide)).json()["can_edit"] is False
    assert rename(as_bob, slide, "x").json()["code"] == "NO_PERMISSION"
    assert as_bob.delete(address(slide)).status_code == 403
    assert as_bob.get(address(slide, "/access")).status_code == 403


def test_an_administrator_may_do_what_the_owner_may(slide: Slide) -> None:
    client = Client()
    client.force_login(make_user("root", role=User.Role.ADMIN))
    assert rename(client, slide, "renamed").json()["name"] == "renamed"


def test_an_owner_who_became_a_reader_changes_nothing(
    as_alice: Client, slide: Slide
) -> None:
    User.objects.filter(username="alice").update(role=User.Role.READER)
    assert rename(as_alice, slide, "x").status_code == 403


def test_only_the_name_can_be_changed(as_alice: Client, slide: Slide) -> None:
    fields = {"name": "new \N{DRAGON}", "state": "failed", "mpp_x": 1.0}
    as_alice.patch(address(slide), fields, "application/json")
    slide.refresh_from_db()
    assert (slide.name, slide.state, slide.mpp_x) == ("new \N{DRAGON}", "ready", None)


def test_a_name_cannot_be_empty(as_alice: Client, slide: Slide) -> None:
    assert rename(as_alice, slide, "  ").json()["code"] == "INVALID"


def test_a_deleted_slide_is_gone_and_can_come_back(
    as_alice: Client, slide: Slide
) -> None:
    publish(slide)
    assert as_alice.delete(address(slide)).status_code == 204
    assert as_alice.get(address(slide)).status_code == 404
    assert read_listing(slide.id) is None
    assert as_alice.post(address(slide, "/restore")).status_code == 200
    assert as_alice.get(address(slide)).status_code == 200


def test_files_of_deleted_slides_go_after_a_week(
    as_alice: Client, slide: Slide
) -> None:
    slide.folder.mkdir()
    as_alice.delete(address(slide))
    assert purge_deleted() == 0
    Slide.objects.update(deleted_at=timezone.now() - timedelta(days=8))
    assert purge_deleted() == 1
    assert not slide.folder.exists()
    assert as_alice.post(address(slide, "/restore")).status_code == 404
    assert purge_deleted() == 0


def test_sharing_and_taking_it_back(
    as_alice: Client, as_bob: Client, bob: User, slide: Slide
) -> None:
    assert as_bob.get(address(slide)).status_code == 404
    assert share(as_alice, slide, "bob").status_code == 201
    assert share(as_alice, slide, "bob").status_code == 200
    assert as_bob.get(address(slide)).status_code == 200
    [found] = as_alice.get(address(slide, "/access")).json()
    assert found["username"] == "bob"
    as_alice.delete(address(slide, "/access?username=bob"))
    assert as_bob.get(address(slide)).status_code == 404
    assert is_revoked(slide.id, bob.pk)


def test_sharing_again_opens_the_tiles_again(
    as_alice: Client, bob: User, slide: Slide
) -> None:
    share(as_alice, slide, "bob")
    as_alice.delete(address(slide, "/access?username=bob"))
    share(as_alice, slide, "bob")
    assert not is_revoked(slide.id, bob.pk)


def test_sharing_with_nobody_is_refused(as_alice: Client, slide: Slide) -> None:
    assert share(as_alice, slide, "nobody").json()["code"] == "INVALID"
    reply = as_alice.delete(address(slide, "/access?username=nobody"))
    assert reply.status_code == 404


def test_what_is_done_to_a_slide_is_recorded(as_alice: Client, slide: Slide) -> None:
    make_user("bob")
    rename(as_alice, slide, "x")
    share(as_alice, slide, "bob")
    as_alice.delete(address(slide, "/access?username=bob"))
    as_alice.delete(address(slide))
    as_alice.post(address(slide, "/restore"))
    found = AuditEvent.objects.filter(object_id=str(slide.id)).order_by("id")
    assert [event.action for event in found] == [
        "slide.rename",
        "slide.share",
        "slide.unshare",
        "slide.delete",
        "slide.restore",
    ]
