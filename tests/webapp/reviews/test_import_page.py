"""The page for outside examples: a preview first, then the same file is added."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.webapp.factories import make_slide
from tests.webapp.reviews.test_importing import ROW, lines
from webapp.accounts.models import User
from webapp.reviews.models import Example

pytestmark = pytest.mark.django_db
PAGE = "/examples/import/"


@pytest.fixture(autouse=True)
def slide(root: User) -> None:
    make_slide(root, digest="known")


def preview(client: Client, content: bytes, name: str = "a.jsonl") -> str:
    file = SimpleUploadedFile(name, content)
    return str(client.post(PAGE, {"file": file}).content.decode())


def add(client: Client, page: str, **fields: Any) -> str:
    """Press the second button of a preview."""
    found = re.search(r'name="digest" value="(\w+)"', page)
    assert found is not None
    sent = {"digest": found[1], "file_format": "jsonl", **fields}
    return str(client.post(PAGE, sent, follow=True).content.decode())


def test_what_was_previewed_is_added(as_root: Client) -> None:
    page = preview(as_root, lines(ROW))
    assert "1 to add, 0 that cannot be used" in page
    assert "Which tissue?" in page
    assert not Example.objects.exists()

    assert "1 example added." in add(as_root, page)
    assert Example.objects.get().origin == "atlas"


def test_errors_stand_by_their_row_and_keep_all_out(as_root: Client) -> None:
    page = preview(as_root, lines(ROW, ROW | {"slide": "unknown"}))
    assert "<td>2</td>" in page
    assert "IMPORT_HAS_ERRORS" in add(as_root, page)
    assert not Example.objects.exists()

    assert "1 example added." in add(as_root, page, skip_errors="on")


def test_a_preview_that_is_not_the_newest_is_not_added(as_root: Client) -> None:
    first = preview(as_root, lines(ROW))
    preview(as_root, lines(ROW | {"answer": "Kidney."}))

    assert "IMPORT_GONE" in add(as_root, first)
    assert not Example.objects.exists()


def test_a_file_is_added_once(as_root: Client) -> None:
    page = preview(as_root, lines(ROW))
    add(as_root, page)
    assert "IMPORT_GONE" in add(as_root, page)
    assert Example.objects.count() == 1


def test_a_file_of_another_kind_is_refused(as_root: Client) -> None:
    assert "must end in" in preview(as_root, b"x", "a.exe")
    assert "IMPORT_UNREADABLE" in preview(as_root, b"x", "a.parquet")


def test_for_others_there_is_no_such_page(as_alice: Client) -> None:
    assert as_alice.get(PAGE).status_code == 404
    assert as_alice.post(PAGE, {"digest": "x"}).status_code == 404
