"""A reviewed answer is a final report, and the PDF that tells of it is named."""

from __future__ import annotations

from django.test import Client

from tests.webapp.fhir.test_reading import program_of, read
from tests.webapp.results.conftest import (  # noqa: F401 -- fixtures
    dicom_folder,
    nurseries,
    question,
    slide,
)
from webapp.accounts.models import User
from webapp.questions.models import Question
from webapp.results.services import make_result
from webapp.reviews.services import review_answer
from webapp.reviews.services.reviewing import Judgement


def test_a_review_makes_it_final_in_the_words_of_the_person(
    question: Question,  # noqa: F811
    alice: User,
) -> None:
    client = program_of(alice)
    before = read(client, f"DiagnosticReport/{question.pk}")
    assert "No person has reviewed" in before["text"]["div"]
    review_answer(question, alice, Judgement("wrong", "Some necrosis."))
    found = read(client, f"DiagnosticReport/{question.pk}")
    assert found["status"] == "final"
    assert found["conclusion"] == "Some necrosis."
    assert found["resultsInterpreter"] == [{"type": "Practitioner", "display": "alice"}]
    said = read(client, found["result"][0]["reference"])
    assert said["valueString"] == "No necrosis is seen."


def test_a_pdf_is_named_once_it_was_made(
    question: Question,  # noqa: F811
    alice: User,
) -> None:
    client = program_of(alice)
    assert "presentedForm" not in read(client, f"DiagnosticReport/{question.pk}")
    make_result(question, "pdf")
    (page,) = read(client, f"DiagnosticReport/{question.pk}")["presentedForm"]
    assert page["url"].startswith("http://testserver/api/v1/results/")
    assert b"".join(_get(client, page["url"])).startswith(b"%PDF")


def test_a_pdf_from_before_the_review_is_no_longer_named(
    question: Question,  # noqa: F811
    alice: User,
) -> None:
    make_result(question, "pdf")
    review_answer(question, alice, Judgement("right"))
    client = program_of(alice)
    assert "presentedForm" not in read(client, f"DiagnosticReport/{question.pk}")
    make_result(question, "pdf")
    assert "presentedForm" in read(client, f"DiagnosticReport/{question.pk}")


def _get(client: Client, url: str) -> list[bytes]:
    return list(client.get(url).streaming_content)  # type: ignore[attr-defined]
