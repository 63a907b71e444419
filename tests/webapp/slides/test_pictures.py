"""Thumbnail, tissue mask and label of a slide."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from tests.slides import tissue_picture, write_pyramid
from tests.webapp.factories import make_slide, make_user
from tests.webapp.ingest.arriving import prepared
from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.slides.models import Slide, SlideAccess


@pytest.fixture
def slide(alice: User, tmp_path: Path, valkey: str) -> Slide:
    write_pyramid(tmp_path / "a.svs", label=tissue_picture(60, 40, seed=5))
    return prepared(alice, tmp_path / "a.svs")


def address(slide: Slide, part: str) -> str:
    return f"/api/v1/slides/{slide.id}/{part}"


@pytest.mark.parametrize(
    ("part", "kind", "magic"),
    [("thumbnail", "image/jpeg", b"\xff\xd8"), ("tissue", "image/png", b"\x89PNG")],
)
def test_a_picture_is_kept_by_its_reader_alone(
    as_alice: Client, slide: Slide, part: str, kind: str, magic: bytes
) -> None:
    reply = as_alice.get(address(slide, part), headers={"Accept": "image/*"})
    assert (reply.status_code, reply["Content-Type"]) == (200, kind)
    assert reply.content.startswith(magic)
    assert reply["Cache-Control"].startswith("private")
    known = {"If-None-Match": reply["ETag"]}
    again = as_alice.get(address(slide, part), headers=known)
    assert (again.status_code, again.content) == (304, b"")


def test_a_slide_that_is_not_ready_has_no_picture(
    as_alice: Client, alice: User
) -> None:
    slide = make_slide(alice, state=Slide.State.PREPARING)
    assert as_alice.get(address(slide, "thumbnail")).status_code == 404


def test_the_owner_sees_the_label_and_it_is_recorded(
    as_alice: Client, slide: Slide
) -> None:
    reply = as_alice.get(address(slide, "label"))
    assert reply.content.startswith(b"\x89PNG")
    assert reply["Cache-Control"] == "no-store"
    event = AuditEvent.objects.get(action="label.view")
    assert (event.object_id, event.details) == (str(slide.id), {"name": "label"})


def test_a_colleague_does_not_see_the_label(as_bob: Client, slide: Slide) -> None:
    SlideAccess.objects.create(slide=slide, user=User.objects.get(username="bob"))
    assert as_bob.get(address(slide, "label")).status_code == 404
    assert as_bob.get(f"/api/v1/slides/{slide.id}").json()["has_label"] is False
    assert as_bob.get(address(slide, "thumbnail")).status_code == 200
    assert not AuditEvent.objects.filter(action="label.view").exists()


def test_an_administrator_sees_the_label(slide: Slide) -> None:
    client = Client()
    client.force_login(make_user("root", role=User.Role.ADMIN))
    assert client.get(address(slide, "label")).status_code == 200


@pytest.mark.parametrize("name", ["macro", "../original/slide", "thumbnail"])
def test_what_is_no_label_is_not_here(
    as_alice: Client, slide: Slide, name: str
) -> None:
    assert as_alice.get(address(slide, "label"), {"name": name}).status_code == 404
