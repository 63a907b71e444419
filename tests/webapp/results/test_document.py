"""The PDF can be read by a person, and by a program that extracts its text."""

from __future__ import annotations

from pypdf import PdfReader

from webapp.accounts.models import User
from webapp.questions.models import Question
from webapp.results.reading import read_document
from webapp.results.services import make_result
from webapp.reviews.services import review_answer
from webapp.reviews.services.reviewing import Judgement


def pages(question: Question) -> list[str]:
    document = read_document(make_result(question, "pdf").instance.path)
    return [page.extract_text() for page in PdfReader(document).pages]


def test_one_page_tells_question_answer_and_doubt(question: Question) -> None:
    (page,) = pages(question)
    assert "no person has reviewed" in page
    assert "Is there necrosis?" in page
    assert "No necrosis is seen." in page
    assert "One tile could not be read." in page
    assert "Research use only" in page


def test_after_a_review_it_tells_what_the_person_said(
    question: Question, alice: User
) -> None:
    review_answer(question, alice, Judgement("wrong", "Some <b>necrosis</b> & more."))
    (page,) = pages(question)
    assert "Reviewed answer of a model" in page
    assert "Some <b>necrosis</b> & more." in page


def test_it_shows_the_slide(question: Question) -> None:
    document = read_document(make_result(question, "pdf").instance.path)
    (page,) = PdfReader(document).pages
    assert len(page.images) == 1
