"""Idempotency-Key: a program that asks again trains no second candidate."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.webapp.factories import make_user
from tests.webapp.finetuning.conftest import URL
from webapp.accounts.models import ApiToken, User
from webapp.finetuning.models import FineTuneJob, FineTuneKey
from webapp.finetuning.tasks import sweep
from webapp.reviews.models import DataSetVersion

KEY = "8e03978e-40d5-43e8-bc93-6894a57f9324"


def ask(client: Client, data_set: DataSetVersion, key: str = KEY, **more: Any) -> Any:
    body = {"data_set": data_set.digest, **more}
    return client.post(URL, body, "application/json", headers={"Idempotency-Key": key})


@pytest.fixture
def program(root: User) -> Client:
    """A script of an administrator's, which may do this alone."""
    _, secret = ApiToken.issue(root, "script", scopes="finetuning.write")
    return Client(headers={"Authorization": f"Bearer {secret}"})


@pytest.mark.usefixtures("valkey")
def test_the_same_request_gives_the_same_job(
    program: Client, data_set: DataSetVersion
) -> None:
    first, second = ask(program, data_set), ask(program, data_set)
    assert first.status_code == second.status_code == 202
    assert first["Location"] == second["Location"]
    assert "Idempotency-Replayed" not in first
    assert second["Idempotency-Replayed"] == "true"
    assert FineTuneJob.objects.count() == 1


@pytest.mark.usefixtures("valkey")
def test_another_request_under_the_same_key_is_refused(
    program: Client, data_set: DataSetVersion
) -> None:
    ask(program, data_set)
    answer = ask(program, data_set, title="Another")
    assert (answer.status_code, answer.json()["code"]) == (
        422,
        "IDEMPOTENCY_KEY_REUSED",
    )
    assert FineTuneJob.objects.count() == 1


@pytest.mark.usefixtures("valkey")
def test_another_key_is_another_job(program: Client, data_set: DataSetVersion) -> None:
    assert (
        ask(program, data_set)["Location"]
        != ask(program, data_set, "other")["Location"]
    )


@pytest.mark.usefixtures("valkey")
def test_a_refused_request_uses_no_key_up(
    program: Client, data_set: DataSetVersion
) -> None:
    assert ask(program, data_set, preset="odd").status_code == 400
    assert ask(program, data_set).status_code == 202


@pytest.mark.usefixtures("valkey")
def test_a_key_is_forgotten_after_a_day(
    program: Client, data_set: DataSetVersion
) -> None:
    ask(program, data_set)
    FineTuneKey.objects.update(created_at=timezone.now() - timedelta(hours=25))
    sweep()
    assert not FineTuneKey.objects.exists()
    assert "Idempotency-Replayed" not in ask(program, data_set)


@pytest.mark.parametrize(
    ("role", "scope"),
    [
        ("editor", "finetuning.write"),
        ("integration", "finetuning.write"),
        ("admin", "finetuning.read"),
        ("admin", "models.write"),
    ],
)
def test_nobody_else_may_ask(
    data_set: DataSetVersion, client: Client, role: str, scope: str
) -> None:
    _, secret = ApiToken.issue(make_user("someone", role), "script", scopes=scope)
    program = Client(headers={"Authorization": f"Bearer {secret}"})
    assert ask(program, data_set).status_code == 403
    assert not FineTuneJob.objects.exists()
