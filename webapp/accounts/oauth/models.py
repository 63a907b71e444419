"""`OAuthClient`, a program with a secret; `AccessToken`, what it was given for it."""

from __future__ import annotations

import hmac
import secrets
import uuid
from datetime import timedelta
from typing import Any

from django.db import models
from django.utils import timezone

from webapp.accounts.models import User, digest_of
from webapp.accounts.scopes import SCOPES, allows

LIFE = timedelta(hours=1)


def draw_client_id() -> str:
    """A name that nobody has."""
    return f"client-{secrets.token_hex(8)}"


class OAuthClient(models.Model):
    """Signs in by name and secret; acts as its user.

    Of the secret, 256 random bits, only the SHA-256 is kept. The methods that begin
    with `check_` and `get_` are what Authlib asks of a client.
    """

    client_id = models.CharField(
        max_length=64, unique=True, default=draw_client_id, editable=False
    )
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="oauth_clients"
    )
    name = models.CharField(max_length=100, help_text="Where it is used.")
    scopes = models.TextField(
        blank=True,
        help_text="The most that it may be given, with spaces between; empty: all but "
        "phi.read.",
    )
    secret_digest = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ("-created_at", "-id")
        verbose_name = "OAuth client"

    def __str__(self) -> str:
        return f"{self.name} ({self.client_id})"

    def draw_secret(self) -> str:
        """Draw a new secret; this is the only time it is seen."""
        secret = secrets.token_urlsafe(32)
        self.secret_digest = digest_of(secret)
        return secret

    def check_client_secret(self, secret: str) -> bool:
        return hmac.compare_digest(self.secret_digest, digest_of(secret))

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in ("client_secret_basic", "client_secret_post")

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "client_credentials"

    def get_allowed_scope(self, asked: str | None) -> str:
        """Of what is asked for, what it may be given; without asking, all of that."""
        wanted = (asked or "").split() or list(SCOPES)
        return " ".join(scope for scope in wanted if allows(self.scopes, scope))


class AccessTokenQuerySet(models.QuerySet["AccessToken"]):
    """Tokens by whether they open anything."""

    def valid(self) -> AccessTokenQuerySet:
        """Neither expired nor taken back, of a client and a user that still count."""
        return self.filter(
            revoked_at=None,
            expires_at__gt=timezone.now(),
            client__revoked_at=None,
            client__user__is_active=True,
        )


class AccessToken(models.Model):
    """One JSON Web Token that was given out, by its `jti`; never the token itself."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(
        OAuthClient, on_delete=models.CASCADE, related_name="access_tokens"
    )
    scopes = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    objects = AccessTokenQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return f"a token of {self.client_id}"

    def check_client(self, client: Any) -> bool:
        """As Authlib asks: a client takes back its own alone."""
        return bool(self.client_id == client.pk)
