"""Questions of the site's own that each comparison asks both versions."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from tests.webapp.factories import make_question
from tests.webapp.finetuning.conftest import Ask
from webapp.audit.models import AuditEvent
from webapp.finetuning.fixed_questions import write_fixed_questions
from webapp.finetuning.folders import run_folder
from webapp.finetuning.models import FineTuneJob, FixedQuestion
from webapp.questions.models import Question
from webapp.reviews.models import DataSetVersion
from webapp.slides.models import Slide

PAGE = "/finetune/questions/"


@pytest.fixture
def question(data_set: DataSetVersion) -> Question:
    slide = Slide.objects.get(digest="slide-003")
    Slide.objects.filter(pk=slide.pk).update(width=640, height=512)
    return make_question(slide, text="Mitoses?")


def add(client: Client, question: Question, **fields: Any) -> Any:
    address = f"https://site/slides/{question.slide_id}/#x=1&q={question.pk}&e=3"
    return client.post(PAGE, {"address": address, "expected": "Many."} | fields)


def test_a_question_is_kept_by_its_address(as_root: Client, question: Question) -> None:
    assert add(as_root, question).status_code == 302
    assert add(as_root, question, expected="Few.").status_code == 302

    (kept,) = FixedQuestion.objects.all()
    assert (kept.question, kept.expected) == (question, "Few.")
    page = as_root.get(PAGE).content.decode()
    assert "Mitoses?" in page
    assert AuditEvent.objects.filter(action="finetune.fix_question").count() == 2


def test_an_address_of_nothing_is_refused(as_root: Client, question: Question) -> None:
    page = add(as_root, question, address="https://site/about/").content.decode()
    assert "No question is at this address." in page
    assert not FixedQuestion.objects.exists()


def test_a_job_is_sent_with_them_and_keeps_them(
    as_root: Client, question: Question, ask: Ask
) -> None:
    add(as_root, question)
    job = FineTuneJob.objects.get(pk=ask().json()["id"])
    folder = run_folder(job) / "fixed"
    as_root.post(f"{PAGE}{FixedQuestion.objects.get().pk}/remove/")
    write_fixed_questions(job)

    assert not FixedQuestion.objects.exists()
    (row,) = (folder / "rows.jsonl").read_text().splitlines()
    assert json.loads(row) == {
        "slide": "slide-003",
        "region": [0, 0, 640, 512],
        "question": "Mitoses?",
        "answer": "Many.",
    }
    slides = json.loads((folder / "slides.json").read_text())
    path = Slide.objects.get(digest="slide-003").path
    assert (folder / slides["slide-003"]).resolve() == path.resolve()


def test_nothing_is_asked_about_a_slide_that_is_gone(
    as_root: Client, question: Question, ask: Ask
) -> None:
    add(as_root, question)
    job = FineTuneJob.objects.get(pk=ask().json()["id"])
    (run_folder(job) / "fixed" / "rows.jsonl").unlink()
    Slide.objects.filter(pk=question.slide_id).update(state=Slide.State.FAILED)
    write_fixed_questions(job)

    assert not (run_folder(job) / "fixed" / "rows.jsonl").exists()


def test_only_administrators_choose_them(
    as_alice: Client, question: Question, as_root: Client
) -> None:
    add(as_root, question)
    kept = FixedQuestion.objects.get()
    assert as_alice.get(PAGE).status_code == 404
    assert as_alice.post(f"{PAGE}{kept.pk}/remove/").status_code == 404
    assert FixedQuestion.objects.exists()
