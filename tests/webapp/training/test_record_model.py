"""Workers tell of their model at each start; only the first time counts."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest

from inference_worker.messages import RECORD_MODEL, ModelFound
from tests.webapp.factories import make_model_version
from webapp.audit.models import AuditEvent
from webapp.celery import app
from webapp.training.models import ModelVersion
from webapp.training.tasks import record_model

pytestmark = pytest.mark.django_db


def tell(digest: str = "sha256-a", **fields: Any) -> ModelVersion:
    found = ModelFound("dragonfly-mini", digest, "/models/mini", "mini", **fields)
    record_model(**asdict(found))
    return ModelVersion.objects.get(digest=digest)


def test_the_first_model_of_a_site_answers() -> None:
    version = tell(note="small research model")
    assert version.state == "active"
    assert version.activated_at is not None
    assert (version.name, version.note) == ("dragonfly-mini", "small research model")


def test_a_later_model_waits_for_a_person() -> None:
    first, second = tell("sha256-a"), tell("sha256-b")
    first.refresh_from_db()
    assert (first.state, second.state) == ("active", "candidate")


def test_a_known_model_changes_nothing() -> None:
    tell()
    before = ModelVersion.objects.values().get()
    tell(note="other words")
    assert ModelVersion.objects.values().get() == before
    assert AuditEvent.objects.filter(action="model.find").count() == 1


def test_a_retired_model_does_not_come_back_by_itself() -> None:
    make_model_version(digest="sha256-a", state="retired")
    make_model_version(digest="sha256-b", state="active")
    assert tell("sha256-a").state == "retired"


def test_the_queue_knows_the_task_by_the_messages_name() -> None:
    app.loader.import_default_modules()
    assert RECORD_MODEL in app.tasks
