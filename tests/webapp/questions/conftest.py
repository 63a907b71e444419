"""A real slide of Alice's, shared with Bob, and a worker that is not there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from dragonfly.slide import open_slide
from inference_worker.messages import (
    CropFields,
    EvidenceItem,
    RegionFields,
    Reply,
    alive_key,
)
from tests.slides import write_pyramid
from tests.webapp.factories import make_question, make_slide
from webapp.accounts.models import User
from webapp.broker import connection
from webapp.questions.models import Question
from webapp.slides.models import Slide, SlideAccess

OnCommit = Any


@pytest.fixture
def slide(alice: User, bob: User) -> Slide:
    """640 x 512 px, with pixels on the disk."""
    slide = make_slide(alice, width=640, height=512)
    slide.entry = f"{slide.pk}/original/slide.svs"
    slide.path.parent.mkdir(parents=True)
    write_pyramid(slide.path)
    with open_slide(slide.path) as opened:
        slide.digest = opened.digest
    slide.save()
    SlideAccess.objects.create(slide=slide, user=bob)
    return slide


@pytest.fixture
def question(slide: Slide) -> Question:
    return make_question(slide)


@pytest.fixture
def ask(
    as_alice: Client, slide: Slide, valkey: str, django_capture_on_commit_callbacks: Any
) -> Callable[..., Any]:
    """Ask through REST; what is queued on commit is really queued."""

    def post(client: Client | None = None, **fields: Any) -> Any:
        body = {"slide": str(slide.pk), "text": "Is there necrosis?"} | fields
        with django_capture_on_commit_callbacks(execute=True):
            return (client or as_alice).post(
                "/api/v1/questions", body, content_type="application/json"
            )

    return post


ITEM = EvidenceItem(
    number=1,
    region=RegionFields(0, 0, 320, 256),
    kind="examined",
    rule="attention",
    score=1.5,
    resolution="mid",
    downsample=40.0,
    magnification=0.5,
    source=CropFields(8, "fast", RegionFields(0, 0, 640, 512), 2, 2),
)


def answered(question: Question, text: str = "No necrosis.", **fields: Any) -> Reply:
    """A worker's reply."""
    told = {
        "coverage": [{"downsample": 40.0, "tissue_share": 1.0}],
        "notes": [],
        "unreadable_tiles": 0,
        "is_truncated": False,
        "provenance": {"model_digest": "sha256-unknown", "seed": 0},
        "intended_use": "Research use only. Not for diagnosis or patient management.",
    }
    plain: dict[str, Any] = {
        "question_id": str(question.pk),
        "attempt": question.attempt,
        "outcome": "answered",
        "text": text,
        "evidence": (ITEM,),
        "answer": told,
    }
    return Reply(**(plain | fields))


def worker_is_at(question: Question) -> None:
    """As if a worker renewed its key."""
    connection().set(alive_key(str(question.pk)), question.attempt)
