"""One maker a model: what a test does not name gets a plain value."""

from __future__ import annotations

import uuid
from typing import Any

from webapp.accounts.models import User
from webapp.questions.models import Question
from webapp.slides.models import Slide
from webapp.training.models import ModelVersion


def make_user(username: str, role: str = User.Role.EDITOR, **fields: Any) -> User:
    return User.objects.create(username=username, role=role, **fields)


def make_slide(owner: User, **fields: Any) -> Slide:
    """A record only; write a file at `slide.path` where a test needs pixels."""
    plain = {
        "name": "liver.svs",
        "state": Slide.State.READY,
        "digest": f"test-{uuid.uuid4()}",
        "width": 2048,
        "height": 1024,
    }
    return Slide.objects.create(owner=owner, **(plain | fields))


def make_model_version(**fields: Any) -> ModelVersion:
    plain = {
        "name": "dragonfly-test",
        "digest": f"sha256-{uuid.uuid4()}",
        "path": "/models/test",
        "state": ModelVersion.State.ACTIVE,
    }
    return ModelVersion.objects.create(**(plain | fields))


def make_question(slide: Slide, **fields: Any) -> Question:
    plain = {
        "asker": slide.owner,
        "text": "Is there necrosis?",
        "slide_digest": slide.digest,
    }
    return Question.objects.create(slide=slide, **(plain | fields))
