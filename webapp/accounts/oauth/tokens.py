"""JSON Web Tokens (RFC 7519, RFC 9068): giving out the site's own, checking all.

A token is of the site itself, known by its key, or of the one other issuer that the
site's settings name. Which algorithm counts is ours to say, never the token's.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeyFlexible

from webapp.accounts.models import User
from webapp.accounts.oauth.issuers import issuer_keys
from webapp.accounts.oauth.key import ALGORITHM, signing_key
from webapp.accounts.oauth.models import LIFE, AccessToken, OAuthClient

AUDIENCE = "dragonfly"
LEEWAY_S = 60
MOST_CHARACTERS = 8192


@dataclass(frozen=True)
class Presented:
    """A token that holds: who signs in with it, and what it opens."""

    user: User
    scopes: frozenset[str]
    token_id: str

    def allows(self, scope: str) -> bool:
        return scope in self.scopes


def looks_like_jwt(secret: str) -> bool:
    """Three parts with dots between; none of our other secrets has a dot."""
    return secret.count(".") == 2


def give_token(client: OAuthClient, scopes: str, issuer: str) -> str:
    """A new token of the site for this client, good for an hour."""
    now = timezone.now()
    row = AccessToken.objects.create(
        client=client, scopes=scopes, expires_at=now + LIFE
    )
    claims = {
        "iss": issuer,
        "sub": client.client_id,
        "client_id": client.client_id,
        "aud": AUDIENCE,
        "iat": int(now.timestamp()),
        "nbf": int(now.timestamp()),
        "exp": int((now + LIFE).timestamp()),
        "jti": str(row.pk),
        "scope": scopes,
    }
    key = signing_key()
    header = {"alg": ALGORITHM, "typ": "at+jwt", "kid": key.kid}
    return jwt.encode(header, claims, key, algorithms=[ALGORITHM])


def find_presented(text: str) -> Presented | None:
    """Who presents this token; None if it does not hold, for whatever reason."""
    if len(text) > MOST_CHARACTERS:
        return None
    kid = _kid(text)
    if kid is None:
        return None
    if kid == signing_key().kid:
        row = find_own(text)
        return _presented(row) if row else None
    return _of_issuer(text, kid)


def find_own(text: str) -> AccessToken | None:
    """The row of a token of the site's own that holds."""
    claims = _claims(text, signing_key(), [ALGORITHM], {"aud": AUDIENCE})
    if claims is None:
        return None
    try:
        name = UUID(str(claims.get("jti")))
    except ValueError:
        return None
    rows = AccessToken.objects.valid().select_related("client__user")
    return rows.filter(pk=name).first()


def _presented(row: AccessToken) -> Presented:
    return Presented(row.client.user, frozenset(row.scopes.split()), str(row.pk))


def _of_issuer(text: str, kid: str) -> Presented | None:
    keys = issuer_keys(kid)
    if keys is None or not any(key.kid == kid for key in keys):
        return None
    must = {"iss": settings.JWT_ISSUER, "aud": settings.JWT_AUDIENCE}
    claims = _claims(text, keys, settings.JWT_ALGORITHMS, must)
    if claims is None:
        return None
    machines = User.objects.filter(is_active=True, role=User.Role.INTEGRATION)
    name = claims.get(settings.JWT_USER_CLAIM)
    user = machines.filter(username=name).first() if isinstance(name, str) else None
    if user is None:
        return None
    user.stated_purpose = _purpose(claims)
    return Presented(user, _scopes(claims), str(claims.get("jti", ""))[:64])


def _scopes(claims: dict[str, Any]) -> frozenset[str]:
    """`scope` with spaces between (RFC 9068), or a list as some issuers write it."""
    stated = claims.get("scope", claims.get("scp", ""))
    words = stated.split() if isinstance(stated, str) else stated
    return frozenset(map(str, words)) if isinstance(words, list) else frozenset()


def _purpose(claims: dict[str, Any]) -> str:
    """The first known code of what IHE IUA (ITI-71) adds to a token; "" without one."""
    found: Any = claims
    for name in ("extensions", "ihe_iua", "purpose_of_use"):
        found = found.get(name) if isinstance(found, dict) else None
    each = found if isinstance(found, list) else [found]
    codes = [one.get("code") for one in each if isinstance(one, dict)]
    return next((str(code) for code in codes if code in User.Purpose.values), "")


def _claims(
    text: str, key: KeyFlexible, algorithms: list[str], must: dict[str, str]
) -> dict[str, Any] | None:
    """What the token says, if its signature, time and these claims hold."""
    essential: Any = {name: {"essential": True, "value": v} for name, v in must.items()}
    registry = jwt.JWTClaimsRegistry(
        leeway=LEEWAY_S, exp={"essential": True}, **essential
    )
    try:
        token = jwt.decode(text, key, algorithms=algorithms)
        registry.validate(token.claims)
    except (JoseError, ValueError, TypeError):
        return None
    return dict(token.claims)


def _kid(text: str) -> str | None:
    """The name of the key, which decides nothing but where to look for it."""
    part = text.partition(".")[0]
    try:
        header = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return None
    kid = header.get("kid") if isinstance(header, dict) else None
    return kid if isinstance(kid, str) else None


def forget_old_tokens() -> None:
    """Delete the rows of tokens that ended a month ago; the audit keeps the acts."""
    before = timezone.now() - timedelta(days=30)
    AccessToken.objects.filter(expires_at__lt=before).delete()
