"""Machines sign in by token; only its digest is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.webapp.conftest import signed_in
from tests.webapp.factories import make_user
from webapp.accounts.models import ApiToken, User


def ask(secret: str, path: str = "api:me") -> Any:
    return Client().get(reverse(path), headers={"Authorization": f"Token {secret}"})


def make_token(client: Client, **fields: object) -> Any:
    body = {"name": "import script", **fields}
    return client.post(reverse("api:tokens"), body, "application/json")


def test_a_new_token_signs_its_owner_in(as_alice: Client) -> None:
    secret = make_token(as_alice).json()["secret"]
    assert ask(secret).json()["username"] == "alice"


def test_the_secret_is_shown_once_and_not_kept(as_alice: Client) -> None:
    made = make_token(as_alice).json()
    (listed,) = as_alice.get(reverse("api:tokens")).json()["results"]
    assert "secret" not in listed
    assert listed["prefix"] == made["prefix"]
    row = ApiToken.objects.values().get()
    assert made["secret"] not in [str(value) for value in row.values()]


def test_secrets_carry_256_bits(alice: User) -> None:
    _, secret = ApiToken.issue(alice, "script")
    assert len(secret.removeprefix("dragonfly_")) == 43


def test_a_machine_signs_in_by_token(db: None) -> None:
    pacs = make_user("pacs", User.Role.INTEGRATION)
    _, secret = ApiToken.issue(pacs, "node")
    assert ask(secret).json()["role"] == "integration"


@pytest.mark.parametrize("secret", ["", "wrong", "dragonfly_", "two words", "\xff"])
@pytest.mark.django_db
def test_a_wrong_token_is_refused(secret: str) -> None:
    answer = ask(secret)
    assert answer.status_code == 401
    assert answer.json()["code"] == "TOKEN_REFUSED"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")


def test_an_expired_token_is_refused(alice: User) -> None:
    past = timezone.now() - timedelta(seconds=1)
    _, secret = ApiToken.issue(alice, "old", expires_at=past)
    assert ask(secret).status_code == 401


def test_a_revoked_token_is_refused(as_alice: Client) -> None:
    made = make_token(as_alice).json()
    gone = as_alice.delete(reverse("api:token", args=[made["id"]]))
    assert gone.status_code == 204
    assert ask(made["secret"]).status_code == 401


def test_the_token_of_a_closed_account_is_refused(alice: User) -> None:
    _, secret = ApiToken.issue(alice, "script")
    User.objects.update(is_active=False)
    assert ask(secret).status_code == 401


def test_a_token_does_not_make_tokens(alice: User) -> None:
    _, secret = ApiToken.issue(alice, "script")
    answer = ask(secret, "api:tokens")
    assert (answer.status_code, answer.json()["code"]) == (403, "NO_PERMISSION")


def test_a_stranger_neither_sees_nor_ends_a_token(
    as_charlie: Client, alice: User
) -> None:
    token, secret = ApiToken.issue(alice, "script")
    assert as_charlie.get(reverse("api:tokens")).json()["results"] == []
    assert as_charlie.delete(reverse("api:token", args=[token.pk])).status_code == 404
    assert ask(secret).status_code == 200


def test_a_token_for_another_is_an_administrators_affair(as_alice: Client) -> None:
    make_user("pacs", User.Role.INTEGRATION)
    root = signed_in(make_user("root", User.Role.ADMIN))
    assert make_token(as_alice, username="pacs").status_code == 400
    assert make_token(root, username="pacs").json()["username"] == "pacs"


def test_a_token_ends_in_a_year_unless_said_otherwise(as_alice: Client) -> None:
    make_token(as_alice)
    left = ApiToken.objects.get().expires_at - timezone.now()
    assert timedelta(days=364) < left <= timedelta(days=365)
    soon = timezone.now() + timedelta(days=1)
    asked = make_token(as_alice, expires_at=soon.isoformat()).json()
    assert asked["expires_at"].startswith(soon.strftime("%Y-%m-%dT%H:%M"))


def test_a_token_cannot_end_in_the_past(as_alice: Client) -> None:
    answer = make_token(as_alice, expires_at="2020-01-01T00:00:00Z")
    assert list(answer.json()["fields"]) == ["expires_at"]


def test_use_is_noted_to_the_minute(alice: User) -> None:
    token, secret = ApiToken.issue(alice, "script")
    ask(secret)
    token.refresh_from_db()
    first = token.last_used_at
    ask(secret)
    token.refresh_from_db()
    assert first is not None
    assert token.last_used_at == first
