"""Headers that keep pages to themselves, on every kind of answer."""

from __future__ import annotations

import subprocess
import sys

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

STRICT = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "object-src": "'none'",
}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/login/", "/about/", "/nothing", "/api/v1/me", "/admin/login/"]
)
def test_every_answer_is_strict(client: Client, path: str) -> None:
    headers = client.get(path).headers
    policy = dict(
        part.strip().split(" ", 1)
        for part in headers["Content-Security-Policy"].split(";")
    )
    assert policy | STRICT == policy
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert (
        "no-store" in headers["Cache-Control"] or "no-cache" in headers["Cache-Control"]
    )


def check(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "webapp.manage", "check", *words]
    return subprocess.run(command, capture_output=True, text=True)


def test_behind_https_djangos_own_check_has_nothing_to_say(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BEHIND_HTTPS", "yes")
    monkeypatch.setenv("SECRET_KEY", "k9" + "Xy7!" * 16)
    done = check("--deploy", "--tag", "security", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr


@pytest.mark.django_db
@pytest.mark.parametrize("prefix", ["", "/dragonfly"])
def test_the_health_answers_without_https(
    client: Client, settings: Settings, prefix: str
) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.FORCE_SCRIPT_NAME = prefix or None
    assert client.get("/about/").status_code == 301
    assert client.get("/api/v1/health").status_code in {200, 503}


def test_behind_https_a_key_of_ones_own_is_needed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BEHIND_HTTPS", "yes")
    monkeypatch.delenv("SECRET_KEY", raising=False)
    assert "Set SECRET_KEY" in check().stderr
