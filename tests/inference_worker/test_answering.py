"""A request becomes events, progress, and one reply."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from dragonfly.engine import Engine
from dragonfly.engine.engine import UNFAMILIAR
from dragonfly.engine.familiarity import Familiarity
from dragonfly.slide import open_slide
from inference_worker import tasks
from inference_worker.messages import (
    MESSAGE_VERSION,
    UNEXPECTED,
    AnswerRequest,
    EvidenceItem,
    RegionFields,
    attempt_key,
    claim_key,
)
from tests.inference_worker.conftest import QUESTION, Desk
from tests.slides import tissue_picture, write_pyramid

Make = Callable[..., AnswerRequest]


def test_the_stream_tells_what_the_reply_says(desk: Desk, request_of: Make) -> None:
    reply = desk.answer(request_of())
    assert reply.outcome == "answered"
    assert desk.text() == reply.text != ""
    told = [data["evidence"] for kind, data in desk.events() if kind == "selected"]
    assert [EvidenceItem.from_fields(**item).region for item in told] == [
        item.region for item in reply.evidence
    ]
    assert reply.answer["intended_use"].startswith("Research use only.")
    assert json.dumps(reply.fields())


def test_states_are_told_in_order(desk: Desk, request_of: Make) -> None:
    desk.answer(request_of())
    assert desk.progress() == ["overview", "zooming", "writing"]
    states = [data["state"] for kind, data in desk.events() if kind == "state"]
    assert states == ["overview", "zooming", "writing"]
    kinds = [kind for kind, _ in desk.events()]
    assert kinds.index("overview") < kinds.index("examined") < kinds.index("writing")
    assert kinds.index("writing") < kinds.index("text")


def test_a_large_slide_is_descended_step_by_step(
    desk: Desk, request_of: Make, slide_folder: Path
) -> None:
    picture = tissue_picture(1600, 1280).repeat(4, axis=0).repeat(4, axis=1)
    path = slide_folder / "large.svs"
    write_pyramid(path, picture, downsamples=(1, 4, 16), tile=256, quality=70)
    with open_slide(path) as slide:
        digest = slide.digest
    reply = desk.answer(request_of(slide_path="large.svs", slide_digest=digest))
    steps = [data for kind, data in desk.events() if kind == "examined"]
    assert {step["step"] for step in steps} == set(range(1, steps[0]["steps"] + 1))
    assert steps[0]["steps"] > 1
    assert any(item.parent for item in reply.evidence)


def test_the_same_request_gets_the_same_answer(desk: Desk, request_of: Make) -> None:
    desk.worker.answer(request_of())
    desk.worker.answer(request_of(attempt=2))
    first, second = desk.replies()
    assert (first.text, first.evidence) == (second.text, second.evidence)


def test_a_region_is_asked_about_alone(desk: Desk, request_of: Make) -> None:
    part = RegionFields(100, 100, 300, 200)
    reply = desk.answer(request_of(region=part))
    assert reply.answer["provenance"]["region"] == vars(part)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"slide_path": "one/missing.svs"}, "FILE_MISSING"),
        ({"slide_path": "../../etc/passwd"}, "PATH_OUTSIDE"),
        ({"slide_path": "/etc/passwd"}, "PATH_OUTSIDE"),
        ({"slide_digest": "0" * 64}, "SLIDE_CHANGED"),
        ({"text": " "}, "QUESTION_EMPTY"),
        ({"region": RegionFields(9000, 0, 50, 50)}, "REGION_OUTSIDE"),
        ({"model_digest": "0" * 64}, "MODEL_NOT_LOADED"),
    ],
)
def test_a_known_failure_is_told_in_its_own_words(
    desk: Desk, request_of: Make, fields: dict[str, object], code: str
) -> None:
    reply = desk.answer(request_of(**fields))
    assert (reply.outcome, reply.code) == ("failed", code)
    assert len(reply.message) > 10


def test_an_unfamiliar_picture_is_noted_in_words(
    desk: Desk, request_of: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = desk.worker.engines.get()
    width = 2 * engine.model.vision_embed_tokens.in_features
    nothing = Familiarity(torch.zeros(1, width), torch.eye(width)[:, :1], 0.0)
    monkeypatch.setattr(engine, "familiarity", nothing)
    notes = desk.answer(request_of()).answer["notes"]
    assert [note["message"] for note in notes if note["code"] == UNFAMILIAR]


def test_an_unknown_failure_is_logged_and_told_in_one_sentence(
    desk: Desk,
    request_of: Make,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("a secret of the house")

    monkeypatch.setattr(Engine, "answer", fail)
    reply = desk.answer(request_of())
    assert (reply.code, reply.message) == ("UNEXPECTED", UNEXPECTED)
    assert reply.is_retryable
    assert "a secret of the house" in caplog.text


def test_a_repeated_message_is_dropped(desk: Desk, request_of: Make) -> None:
    desk.answer(request_of())
    desk.worker.answer(request_of())
    assert len(desk.replies()) == 1


def test_an_older_attempt_is_dropped(desk: Desk, request_of: Make) -> None:
    desk.client.set(attempt_key(QUESTION), 2)
    desk.worker.answer(request_of(attempt=1))
    assert desk.sent == []
    assert not desk.client.exists(claim_key(QUESTION, 1))
    assert desk.answer(request_of(attempt=2)).attempt == 2


def test_a_message_of_another_version_is_refused_with_words(
    desk: Desk, request_of: Make
) -> None:
    tasks.answer_question(**(request_of().fields() | {"version": MESSAGE_VERSION + 1}))
    assert desk.replies()[0].code == "VERSION_MISMATCH"
