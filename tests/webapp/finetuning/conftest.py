"""A frozen data set of slides that are here, an active model, and a real queue."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from inference_worker.messages import TRAINING_QUEUE
from tests.webapp.conftest import signed_in
from tests.webapp.factories import make_model_version
from tests.webapp.reviews.test_freezing import make_patients
from webapp.accounts.models import User
from webapp.broker import connection
from webapp.finetuning.models import FineTuneJob
from webapp.reviews.models import DataSetVersion
from webapp.reviews.services.freezing import freeze_data_set
from webapp.training.models import ModelVersion

URL = "/api/v1/finetune-jobs"


@pytest.fixture
def root(db: None) -> User:
    return User.objects.create(username="root", role=User.Role.ADMIN)


@pytest.fixture
def as_root(root: User) -> Client:
    return signed_in(root)


@pytest.fixture
def active(db: None) -> ModelVersion:
    return make_model_version()


@pytest.fixture
def data_set(root: User, active: ModelVersion) -> DataSetVersion:
    """14 examples for training, and some for validation and the test part."""
    for slide in make_patients(root, 10):
        slide.entry = f"{slide.pk}/slide.svs"
        slide.save()
    return freeze_data_set("First", root)


Ask = Callable[..., Any]


@pytest.fixture
def ask(
    as_root: Client,
    data_set: DataSetVersion,
    valkey: str,
    django_capture_on_commit_callbacks: Any,
) -> Ask:
    """Ask through REST; what is queued on commit is really queued."""

    def post(path: str = "", **fields: Any) -> Any:
        body = {"data_set": data_set.digest} | fields
        with django_capture_on_commit_callbacks(execute=True):
            return as_root.post(URL + path, body, content_type="application/json")

    return post


@pytest.fixture
def job(ask: Ask) -> FineTuneJob:
    """Asked for, and on its way to a worker."""
    return FineTuneJob.objects.get(pk=ask().json()["id"])


def messages() -> list[dict[str, Any]]:
    """What waits for training workers, the oldest first."""
    waiting: Any = connection().lrange(TRAINING_QUEUE, 0, -1)
    return [json.loads(message) for message in reversed(waiting)]


def requests() -> list[dict[str, Any]]:
    """The messages' own fields."""
    bodies = [base64.b64decode(each["body"]) for each in messages()]
    return [json.loads(body)[1] for body in bodies]
