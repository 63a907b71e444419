"""Pages on other origins: those that are named, with a token, on the services."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

VIEWER = "https://viewer.example"


@pytest.fixture(autouse=True)
def origins(settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = [VIEWER]


def preflight(client: Client, path: str, origin: str = VIEWER) -> Any:
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    return client.options(path, headers=asked)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/v1/jobs", "/dicom-web/studies"])
def test_a_named_origin_may_ask(client: Client, path: str) -> None:
    answer = preflight(client, path)
    assert answer.status_code == 200
    assert answer["Access-Control-Allow-Origin"] == VIEWER
    assert "idempotency-key" in answer["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer
    refused = client.get(path, headers={"Origin": VIEWER})
    assert refused["Access-Control-Allow-Origin"] == VIEWER
    assert "Retry-After" in refused["Access-Control-Expose-Headers"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "origin"),
    [
        ("/api/v1/jobs", "https://evil.example"),
        ("/api/v1/jobs", "null"),
        ("/login/", VIEWER),
        ("/admin/", VIEWER),
    ],
)
def test_others_may_not(client: Client, path: str, origin: str) -> None:
    assert "Access-Control-Allow-Origin" not in preflight(client, path, origin)
