"""The picture on an evidence card is, pixel for pixel, what the model was given."""

from __future__ import annotations

from dataclasses import asdict
from io import BytesIO
from typing import Any

import numpy as np
import pytest
import torch
from django.test import Client
from PIL import Image

from dragonfly.engine import Decoding, Engine, RegionSelected
from dragonfly.engine.encoder import Encoder
from dragonfly.slide import open_slide
from inference_worker.answering import item_of
from tests.slides import write_pyramid
from tests.stack import TINY_CHECKPOINT
from tests.webapp.factories import make_question
from tests.webapp.questions.conftest import ITEM, answered
from webapp.event_stream import append
from webapp.questions.models import Question
from webapp.questions.services import record_reply
from webapp.slides.models import Slide

pytestmark = pytest.mark.usefixtures("valkey")


def url_of(question: Question, number: int = 1) -> str:
    return f"/api/v1/questions/{question.pk}/evidence/{number}/crop"


def test_the_pixels_are_those_that_reached_the_encoder(
    as_bob: Client, question: Question, slide: Slide, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: set[bytes] = set()
    encode = Encoder.encode_in_parts

    def remember(encoder: Encoder, crops: Any) -> Any:
        given.update(crop.tobytes() for crop in crops)
        return encode(encoder, crops)

    monkeypatch.setattr(Encoder, "encode_in_parts", remember)
    engine = Engine.load(TINY_CHECKPOINT, "cpu", torch.float32)
    with open_slide(slide.path) as opened:
        events = list(engine.answer(opened, "Why?", decoding=Decoding(2)))
    items = tuple(item_of(e.evidence) for e in events if isinstance(e, RegionSelected))
    record_reply(answered(question, evidence=items))
    for item in items:
        response = as_bob.get(url_of(question, item.number))
        assert response["Content-Type"] == "image/png"
        pixels = np.asarray(Image.open(BytesIO(response.content)))
        assert pixels.tobytes() in given


def test_the_pixels_of_a_running_question_come_from_its_events(
    as_alice: Client, question: Question
) -> None:
    key = f"question:{question.pk}:events"
    append(key, "selected", {"evidence": asdict(ITEM)})
    response = as_alice.get(url_of(question))
    assert Image.open(BytesIO(response.content)).size == (8, 8)
    assert response["Cache-Control"] == "private, no-cache"
    assert as_alice.get(url_of(question, 2)).status_code == 404


def test_a_crop_is_fetched_once(as_alice: Client, question: Question) -> None:
    record_reply(answered(question))
    first = as_alice.get(url_of(question))
    assert first["Cache-Control"] == "private, max-age=3600"
    again = as_alice.get(url_of(question), headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]


def test_the_pixels_of_a_replaced_slide_are_not_shown(
    as_alice: Client, question: Question, slide: Slide
) -> None:
    record_reply(answered(question))
    write_pyramid(slide.path, mpp=0.25)
    response = as_alice.get(url_of(question))
    assert response.json()["code"] == "SLIDE_CHANGED"


def test_there_is_no_crop_without_evidence(as_alice: Client, slide: Slide) -> None:
    question = make_question(slide, state="answered")
    assert as_alice.get(url_of(question)).status_code == 404
