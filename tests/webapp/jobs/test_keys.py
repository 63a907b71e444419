"""Idempotency-Key: the same request twice is one job."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from tests.webapp.factories import make_slide, make_user
from tests.webapp.jobs.conftest import Submit
from webapp.accounts.models import User
from webapp.api.idempotency import Request, forget_old, make_once
from webapp.jobs.models import IdempotencyKey, Job
from webapp.jobs.services import Wish, submit_job

KEY = {"Idempotency-Key": '"8e03978e-40d5-43e8-bc93-6894a57f9324"'}


def test_the_same_request_gives_the_same_job(submit: Submit) -> None:
    first, second = submit(headers=KEY), submit(headers=KEY)
    assert first.status_code == second.status_code == 202
    assert first["Location"] == second["Location"]
    assert "Idempotency-Replayed" not in first
    assert second["Idempotency-Replayed"] == "true"
    assert Job.objects.count() == 1


def test_a_key_may_come_without_quotes(submit: Submit) -> None:
    submit(headers=KEY)
    bare = {"Idempotency-Key": KEY["Idempotency-Key"].strip('"')}
    assert submit(headers=bare)["Idempotency-Replayed"] == "true"


def test_another_request_under_the_same_key_is_refused(submit: Submit) -> None:
    submit(headers=KEY)
    response = submit(headers=KEY, questions=[{"text": "Another?"}])
    assert response.status_code == 422
    assert response.json()["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert Job.objects.count() == 1


def test_another_person_may_use_the_same_key(
    submit: Submit, alice: User, as_bob: Client
) -> None:
    demo = {"slide": str(make_slide(alice, is_demo=True).pk)}
    submit(headers=KEY, input=demo)
    assert "Idempotency-Replayed" not in submit(as_bob, headers=KEY, input=demo)
    assert Job.objects.count() == 2


def test_a_refused_request_uses_no_key_up(submit: Submit) -> None:
    assert submit(headers=KEY, questions=[]).status_code == 400
    assert submit(headers=KEY).status_code == 202


@pytest.mark.parametrize("key", ["x" * 256, "new\tline"])
def test_a_strange_key_is_refused(submit: Submit, key: str) -> None:
    response = submit(headers={"Idempotency-Key": key})
    assert response.json()["code"] == "IDEMPOTENCY_KEY_INVALID"


def test_a_key_is_forgotten_after_a_day(submit: Submit) -> None:
    submit(headers=KEY)
    old = timezone.now() - timedelta(hours=25)
    IdempotencyKey.objects.update(created_at=old)
    assert "Idempotency-Replayed" not in submit(headers=KEY)
    IdempotencyKey.objects.update(created_at=old)
    forget_old(IdempotencyKey)
    assert not IdempotencyKey.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("valkey")
def test_requests_at_the_same_moment_make_one_job() -> None:
    alice = make_user("alice")
    wish = Wish(asked=[{"text": "What?"}], slide=make_slide(alice))

    def once() -> tuple[Job, bool]:
        try:
            named = Request(alice, "key", {"a": 1})
            return make_once(IdempotencyKey, named, lambda: submit_job(alice, wish))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        done = [threads.submit(once) for _ in range(4)]
        jobs = {future.result()[0].pk for future in done}
    assert len(jobs) == Job.objects.count() == 1
