"""OAuth 2: a client's name and secret for a token that opens things for an hour."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from joserfc import jwt
from joserfc.jwk import KeySet
from pytest_django.fixtures import Settings

from tests.webapp.factories import make_user
from webapp.accounts.models import User
from webapp.accounts.oauth.models import AccessToken, OAuthClient
from webapp.audit.models import AuditEvent

SECRET = "x" * 43


@pytest.fixture
def program(db: None) -> OAuthClient:
    pacs = make_user("pacs", User.Role.INTEGRATION)
    made = OAuthClient(user=pacs, name="router", scopes="jobs.read jobs.write")
    secret = made.draw_secret()
    made.save()
    made.secret = secret  # type: ignore[attr-defined]
    return made


def basic(program: OAuthClient, secret: str | None = None) -> dict[str, str]:
    words = f"{program.client_id}:{secret or program.secret}"  # type: ignore[attr-defined]
    return {"Authorization": f"Basic {base64.b64encode(words.encode()).decode()}"}


def ask(client: Client, headers: dict[str, str] | None = None, **form: str) -> Any:
    fields = {"grant_type": "client_credentials"} | form
    return client.post("/oauth/token", fields, headers=headers)


@pytest.fixture
def token(client: Client, program: OAuthClient) -> str:
    return str(ask(client, basic(program)).json()["access_token"])


def jobs(client: Client, token: str) -> Any:
    return client.get("/api/v1/jobs", headers={"Authorization": f"Bearer {token}"})


def test_a_secret_is_changed_for_a_token(client: Client, program: OAuthClient) -> None:
    answer = ask(client, basic(program))
    body = answer.json()
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 3600)
    assert body["scope"].split() == ["jobs.read", "jobs.write"]
    assert jobs(client, body["access_token"]).status_code == 200
    slides = {"Authorization": f"Bearer {body['access_token']}"}
    assert client.get("/api/v1/slides", headers=slides).status_code == 403
    assert AuditEvent.objects.filter(action="token.create", actor=program.user).exists()


def test_a_form_may_carry_the_secret(client: Client, program: OAuthClient) -> None:
    secret = program.secret  # type: ignore[attr-defined]
    answer = ask(client, client_id=program.client_id, client_secret=secret)
    assert answer.status_code == 200


def test_less_may_be_asked_for_and_more_is_not_given(
    client: Client, program: OAuthClient
) -> None:
    less = ask(client, basic(program), scope="jobs.read slides.read")
    assert less.json()["scope"] == "jobs.read"
    wrong = ask(client, basic(program), scope="everything")
    assert (wrong.status_code, wrong.json()["error"]) == (400, "invalid_scope")


def test_a_wrong_secret_gets_nothing(client: Client, program: OAuthClient) -> None:
    answer = ask(client, basic(program, SECRET))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert AuditEvent.objects.filter(action="token.refuse").exists()
    assert not AccessToken.objects.exists()


def test_a_revoked_client_gets_nothing_and_its_tokens_end(
    client: Client, program: OAuthClient, token: str
) -> None:
    OAuthClient.objects.update(revoked_at=timezone.now())
    assert ask(client, basic(program)).status_code == 401
    assert jobs(client, token).status_code == 401


def test_other_grants_are_refused(client: Client, program: OAuthClient) -> None:
    answer = ask(client, basic(program), grant_type="password")
    assert answer.json()["error"] == "unsupported_grant_type"


def test_a_token_is_given_back(
    client: Client, program: OAuthClient, token: str
) -> None:
    answer = client.post("/oauth/revoke", {"token": token}, headers=basic(program))
    assert answer.status_code == 200
    assert jobs(client, token).status_code == 401
    unknown = client.post("/oauth/revoke", {"token": "x"}, headers=basic(program))
    assert unknown.status_code == 200
    assert client.post("/oauth/revoke", {"token": token}).status_code == 401


def test_a_client_cannot_take_back_anothers(
    client: Client, program: OAuthClient, token: str
) -> None:
    other = OAuthClient(user=program.user, name="other")
    other.secret = other.draw_secret()  # type: ignore[attr-defined]
    other.save()
    answer = client.post("/oauth/revoke", {"token": token}, headers=basic(other))
    assert answer.status_code == 400
    assert jobs(client, token).status_code == 200


def test_a_token_ends(client: Client, token: str) -> None:
    AccessToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert jobs(client, token).status_code == 401


def test_a_token_of_a_closed_account_opens_nothing(client: Client, token: str) -> None:
    User.objects.update(is_active=False)
    assert jobs(client, token).status_code == 401


def test_others_can_check_our_tokens(client: Client, token: str) -> None:
    keys = client.get("/oauth/jwks").json()
    assert set(keys["keys"][0]) == {"kty", "crv", "x", "y", "kid", "alg", "use"}
    read = jwt.decode(token, KeySet.import_key_set(keys), algorithms=["ES256"])
    assert read.header["typ"] == "at+jwt"
    assert read.claims["iss"] == "http://testserver"
    assert read.claims["aud"] == "dragonfly"


def test_the_metadata_says_where_everything_is(
    client: Client, settings: Settings
) -> None:
    address = "/.well-known/oauth-authorization-server"
    body = client.get(address).json()
    assert body["token_endpoint"] == f"http://testserver{reverse('oauth:token')}"
    assert "jobs.write" in body["scopes_supported"]
    settings.SITE_URL = "https://slides.example/path"
    body = client.get(address).json()
    assert body["issuer"] == "https://slides.example/path"
    assert body["jwks_uri"] == "https://slides.example/path/oauth/jwks"


def test_a_machines_token_makes_no_tokens(client: Client, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    assert client.get("/api/v1/tokens", headers=headers).status_code == 403


@pytest.mark.usefixtures("valkey")
def test_guessing_is_slowed_down(
    client: Client, program: OAuthClient, settings: Settings
) -> None:
    settings.SIGN_IN_PER_MINUTE = 3
    for _ in range(3):
        assert ask(client, basic(program, SECRET)).status_code == 401
    closed = ask(client, basic(program))
    assert closed.status_code == 429
    assert 0 < int(closed["Retry-After"]) <= 60
    refused = jobs(client, "dragonfly_wrong")
    assert refused.status_code == 429
