"""The worklist shows what one may see, in words for its state."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from tests.webapp.conftest import signed_in
from tests.webapp.factories import make_slide, make_user
from webapp.accounts.models import User
from webapp.slides.models import SlideAccess

WORKLIST = "/"


def test_an_empty_worklist_says_what_to_do(as_alice: Client) -> None:
    assertContains(as_alice.get(WORKLIST), "No slides yet. Drop slides here")


def test_a_reader_is_not_offered_what_they_may_not_do(db: None) -> None:
    page = signed_in(make_user("rita", User.Role.READER)).get(WORKLIST)
    assertContains(page, "A colleague can share slides with you.")
    assertNotContains(page, "upload-dock")


def test_an_editor_can_drop_slides(as_alice: Client) -> None:
    assertContains(as_alice.get(WORKLIST), '<div id="upload-dock"')


def test_a_slide_leads_to_its_workspace(as_alice: Client, alice: User) -> None:
    slide = make_slide(alice, name="kidney.svs")
    page = as_alice.get(WORKLIST)
    assertContains(page, "kidney.svs")
    assertContains(page, f'href="{reverse("workspace", args=[slide.pk])}"')


def test_a_stranger_sees_nothing_of_it(as_charlie: Client, alice: User) -> None:
    make_slide(alice, name="kidney.svs")
    assertNotContains(as_charlie.get(WORKLIST), "kidney.svs")


def test_a_file_sent_again_is_not_listed_again(as_alice: Client, alice: User) -> None:
    make_slide(alice, name="once.svs")
    again = {"state": "failed", "failure_code": "UPLOAD_DUPLICATE"}
    make_slide(alice, name="again.svs", **again)
    page = as_alice.get(WORKLIST)
    assertContains(page, "once.svs")
    assertNotContains(page, "again.svs")


def test_a_colleague_sees_who_shared_it(as_bob: Client, alice: User, bob: User) -> None:
    SlideAccess.objects.create(slide=make_slide(alice), user=bob)
    assertContains(as_bob.get(WORKLIST), "Shared by alice")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"state": "checking"}, "Being checked"),
        ({"state": "preparing", "step": "tissue"}, "Being prepared: tissue"),
        ({"state": "ready"}, "Ready"),
        ({"state": "ready_with_notes", "notes": [{}, {}]}, "Ready, with 2 notes"),
        ({"state": "failed", "failure_message": "It is damaged."}, "It is damaged."),
        ({"state": "failed", "failure_code": "FORMAT_CORRUPT"}, "FORMAT_CORRUPT"),
        ({"is_demo": True}, "Demo slide: try me"),
    ],
)
def test_each_state_has_its_words(
    as_alice: Client, alice: User, fields: dict[str, object], words: str
) -> None:
    make_slide(alice, **fields)
    assertContains(as_alice.get(WORKLIST), words)


def test_slides_are_found_by_name(as_alice: Client, alice: User) -> None:
    make_slide(alice, name="kidney.svs")
    make_slide(alice, name="liver.svs")
    page = as_alice.get(WORKLIST, {"q": "KID"})
    assertContains(page, "kidney.svs")
    assertNotContains(page, "liver.svs")


def test_slides_are_found_by_state(as_alice: Client, alice: User) -> None:
    make_slide(alice, name="kidney.svs", state="failed")
    make_slide(alice, name="liver.svs")
    page = as_alice.get(WORKLIST, {"state": "failed"})
    assertContains(page, "kidney.svs")
    assertNotContains(page, "liver.svs")


def test_a_search_without_a_find_says_so(as_alice: Client, alice: User) -> None:
    make_slide(alice)
    assertContains(as_alice.get(WORKLIST, {"q": "brain"}), "No slide fits.")


@pytest.mark.parametrize("query", [{"state": "odd"}, {"page": "x"}, {"page": "99"}])
def test_nonsense_in_the_address_shows_all(
    as_alice: Client, alice: User, query: dict[str, str]
) -> None:
    make_slide(alice, name="kidney.svs")
    assertContains(as_alice.get(WORKLIST, query), "kidney.svs")


def test_a_long_worklist_has_pages_that_keep_the_search(
    as_alice: Client, alice: User
) -> None:
    for _ in range(49):
        make_slide(alice)
    page = as_alice.get(WORKLIST, {"q": "liver"})
    assertContains(page, "Page 1 of 2")
    assertContains(page, "?q=liver&amp;page=2")


def test_a_name_is_text_and_nothing_else(as_alice: Client, alice: User) -> None:
    make_slide(alice, name="<script>alert(1)</script>")
    assertNotContains(as_alice.get(WORKLIST), "<script>alert")


def test_a_workspace_of_another_does_not_exist(as_charlie: Client, alice: User) -> None:
    slide = make_slide(alice, name="kidney.svs")
    page = as_charlie.get(reverse("workspace", args=[slide.pk]))
    assertNotContains(page, "kidney.svs", status_code=404)
