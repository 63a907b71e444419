"""The health is quick, open and honest."""

from __future__ import annotations

import json
import time

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from inference_worker.messages import worker_key
from webapp import broker

DEAD = "redis://127.0.0.1:1/0"


@pytest.mark.django_db
def test_all_is_well_without_signing_in(client: Client, valkey: str) -> None:
    answer = client.get(reverse("api:health"))
    assert answer.status_code == 200
    expected = {"web": "ok", "database": "ok", "queue": "ok", "workers": 0}
    assert answer.json() == expected


@pytest.mark.django_db
def test_workers_are_counted_and_not_described(client: Client, valkey: str) -> None:
    for name in ("one", "two"):
        broker.connection().set(worker_key(name), json.dumps({"device": "cuda:0"}))
    answer = client.get(reverse("api:health"))
    assert answer.json()["workers"] == 2
    assert "cuda" not in answer.content.decode()


@pytest.mark.django_db
def test_a_dead_queue_is_said_soon(client: Client, settings: Settings) -> None:
    settings.REDIS_URL = DEAD
    begun = time.monotonic()
    answer = client.get(reverse("api:health"))
    assert time.monotonic() - begun < 3
    assert answer.status_code == 503
    assert (answer.json()["queue"], answer.json()["workers"]) == ("down", None)


@pytest.mark.django_db
def test_a_dead_database_is_said(
    client: Client, valkey: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise DatabaseError

    monkeypatch.setattr(connection, "cursor", refuse)
    answer = client.get(reverse("api:health"))
    assert (answer.status_code, answer.json()["database"]) == (503, "down")
