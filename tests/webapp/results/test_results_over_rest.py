"""Results over REST: listed, made once, downloaded; not by strangers."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from pydicom import dcmread

from tests.webapp.factories import make_slide
from tests.webapp.results.conftest import answered
from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.questions.models import Question


def make(client: Client, question: Question, kind: str) -> Any:
    return client.post(
        f"/api/v1/questions/{question.pk}/results",
        {"kind": kind},
        content_type="application/json",
    )


def content_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_a_kind_is_made_listed_and_downloaded(
    client: Client, alice: User, question: Question
) -> None:
    client.force_login(alice)
    made = make(client, question, "sr").json()
    (listed,) = client.get(f"/api/v1/questions/{question.pk}/results").json()["results"]
    assert listed == made
    assert made["kind_name"] == "Structured report"
    assert made["is_verified"] is False
    file = client.get(made["file"])
    content = BytesIO(content_of(file))
    assert file["Content-Type"] == "application/dicom"
    assert dcmread(content).SOPInstanceUID == made["instance_uid"]


def test_made_twice_it_is_one(client: Client, alice: User, question: Question) -> None:
    client.force_login(alice)
    assert make(client, question, "ko").json() == make(client, question, "ko").json()
    assert AuditEvent.objects.filter(action="result.make", actor=alice).count() == 1


def test_a_pdf_comes_as_such_or_as_dicom(
    client: Client, alice: User, question: Question
) -> None:
    client.force_login(alice)
    made = make(client, question, "pdf").json()
    page = content_of(client.get(made["file"]))
    assert page.startswith(b"%PDF")
    assert page.rstrip().endswith(b"%%EOF")
    as_dicom = client.get(made["file"], {"as": "dicom"})
    assert as_dicom["Content-Type"] == "application/dicom"
    dcmread(BytesIO(content_of(as_dicom)))


def test_a_kind_that_is_none_is_refused(
    client: Client, alice: User, question: Question
) -> None:
    client.force_login(alice)
    assert make(client, question, "docx").status_code == 400


def test_a_slide_of_no_study_is_refused_in_words(
    client: Client, alice: User, valkey: str
) -> None:
    client.force_login(alice)
    refused = make(client, answered(make_slide(alice)), "sr")
    assert refused.status_code == 400
    # Nor can it be given one: a copy needs the size of a pixel.
    assert refused.json()["code"] == "TWIN_NEEDS_SCALE"


@pytest.mark.parametrize("what", ["list", "make", "read", "file"])
def test_to_a_stranger_there_is_nothing(
    client: Client, alice: User, bob: User, question: Question, what: str
) -> None:
    client.force_login(alice)
    made = make(client, question, "sr").json()
    client.force_login(bob)
    ask: dict[str, Callable[[], Any]] = {
        "list": lambda: client.get(f"/api/v1/questions/{question.pk}/results"),
        "make": lambda: make(client, question, "ko"),
        "read": lambda: client.get(f"/api/v1/results/{made['id']}"),
        "file": lambda: client.get(made["file"]),
    }
    assert ask[what]().status_code == 404
