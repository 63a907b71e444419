"""JSON Web Tokens of another issuer: what holds and what never does."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey
from pytest_django.fixtures import Settings

from tests.webapp.factories import make_user
from webapp.accounts.models import User
from webapp.accounts.oauth.key import signing_key

ISSUER = "https://sign-in.hospital.example"
RSA = RSAKey.generate_key(2048, {"kid": "rsa"})
EC = ECKey.generate_key("P-256", {"kid": "ec"})
Sign = Callable[..., str]


@pytest.fixture(autouse=True)
def issuer(tmp_path: Path, settings: Settings, db: None) -> Path:
    file = tmp_path / "jwks.json"
    public = KeySet([RSA, EC]).as_dict(private=False)
    file.write_text(json.dumps(public))
    settings.JWT_ISSUER, settings.JWT_JWKS = ISSUER, str(file)
    make_user("pacs", User.Role.INTEGRATION)
    return file


def claims(**fields: Any) -> dict[str, Any]:
    now = int(time.time())
    plain = {
        "iss": ISSUER,
        "aud": "dragonfly",
        "sub": "pacs",
        "exp": now + 300,
        "scope": "jobs.read",
    }
    return {k: v for k, v in (plain | fields).items() if v is not None}


def sign(key: Any = RSA, alg: str = "RS256", kid: str = "rsa", **fields: Any) -> str:
    header = {"alg": alg, "kid": kid}
    return jwt.encode(header, claims(**fields), key, algorithms=[alg])


def status(token: str, path: str = "/api/v1/jobs") -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return Client().get(path, headers=headers).status_code


def part(value: Any) -> str:
    text = base64.urlsafe_b64encode(json.dumps(value).encode())
    return text.rstrip(b"=").decode()


def test_a_token_of_the_issuer_opens_what_it_says() -> None:
    assert status(sign()) == 200
    assert status(sign(EC, "ES256", "ec")) == 200
    assert status(sign(), "/api/v1/slides") == 403
    assert status(sign(scope=None, scp=["slides.read"]), "/api/v1/slides") == 200
    assert status(sign(aud=["other", "dragonfly"])) == 200


def test_dicomweb_takes_it_too() -> None:
    assert status(sign(scope="dicomweb.read"), "/dicom-web/studies") == 204
    assert status(sign(), "/dicom-web/studies") == 403
    assert status(sign(iss="other"), "/dicom-web/studies") == 401


@pytest.mark.parametrize(
    "fields",
    [
        {"iss": "https://elsewhere.example"},
        {"iss": None},
        {"aud": "other"},
        {"aud": None},
        {"exp": int(time.time()) - 120},
        {"exp": None},
        {"exp": "soon"},
        {"nbf": int(time.time()) + 600},
        {"sub": "nobody"},
        {"sub": None},
        {"sub": ["pacs"]},
    ],
)
def test_a_claim_that_does_not_fit_opens_nothing(fields: dict[str, Any]) -> None:
    assert status(sign(**fields)) == 401


def test_a_minute_of_difference_between_clocks_is_forgiven() -> None:
    now = int(time.time())
    assert status(sign(exp=now - 30, nbf=now + 30)) == 200


def test_a_person_does_not_sign_in_by_it() -> None:
    make_user("root", User.Role.ADMIN)
    assert status(sign(sub="root")) == 401


def test_no_algorithm_is_no_signature() -> None:
    token = f"{part({'alg': 'none', 'kid': 'rsa'})}.{part(claims())}."
    assert status(token) == 401


def test_the_public_key_is_no_shared_secret() -> None:
    signed = f"{part({'alg': 'HS256', 'kid': 'rsa'})}.{part(claims())}"
    mac = hmac.digest(RSA.as_pem(private=False), signed.encode(), "sha256")
    signature = base64.urlsafe_b64encode(mac).rstrip(b"=").decode()
    assert status(f"{signed}.{signature}") == 401


@pytest.mark.parametrize("kid", ["../../x", "", "ec"])
def test_another_keys_name_opens_nothing(kid: str) -> None:
    assert status(sign(kid=kid)) == 401


def test_anothers_key_opens_nothing() -> None:
    assert status(sign(RSAKey.generate_key(2048))) == 401


def test_the_sites_own_name_needs_the_sites_own_key() -> None:
    kid = str(signing_key().kid)
    assert status(sign(EC, "ES256", kid)) == 401


def test_a_changed_token_opens_nothing() -> None:
    header, _, signature = sign().split(".")
    changed = part(claims(scope="slides.read"))
    assert status(f"{header}.{changed}.{signature}", "/api/v1/slides") == 401


@pytest.mark.parametrize(
    "token", ["..", "a.b.c", "e30.e30.e30", f"{'x' * 9000}.a.b", "\xff.\xff.\xff"]
)
def test_nonsense_opens_nothing(token: str) -> None:
    assert status(token) == 401


def test_without_an_issuer_no_such_token_holds(settings: Settings) -> None:
    settings.JWT_ISSUER = ""
    assert status(sign()) == 401


def test_a_new_key_is_found(issuer: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webapp.accounts.oauth.issuers.AGAIN_S", 0.0)
    newer = ECKey.generate_key("P-256", {"kid": "newer"})
    assert status(sign(newer, "ES256", "newer")) == 401
    issuer.write_text(json.dumps(KeySet([newer]).as_dict(private=False)))
    assert status(sign(newer, "ES256", "newer")) == 200


def test_keys_that_cannot_be_read_leave_the_known_ones(
    issuer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert status(sign()) == 200
    monkeypatch.setattr("webapp.accounts.oauth.issuers.FRESH_S", 0.0)
    issuer.write_text("{")
    assert status(sign()) == 200
