"""The authorization server: Authlib's, with our clients and our tokens."""

from __future__ import annotations

from functools import cache
from typing import Any

from authlib.integrations.django_oauth2 import (
    AuthorizationServer,
    RevocationEndpoint,
)
from authlib.integrations.django_oauth2.requests import (
    DjangoOAuth2Payload,
    DjangoOAuth2Request,
)
from authlib.oauth2.rfc6749 import OAuth2Request
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from webapp.accounts.oauth.models import LIFE, AccessToken, OAuthClient
from webapp.accounts.oauth.tokens import find_own, give_token
from webapp.accounts.scopes import SCOPES
from webapp.audit.models import AuditEvent

WAYS = ["client_secret_basic", "client_secret_post"]


def issuer_of(request: HttpRequest) -> str:
    """The site as its tokens name it: `SITE_URL`, or where it was reached."""
    here = request.build_absolute_uri(f"{settings.FORCE_SCRIPT_NAME or ''}/")
    return (settings.SITE_URL or here).rstrip("/")


class Credentials(ClientCredentialsGrant):  # type: ignore[misc]
    """A program by its own name and secret (RFC 6749 section 4.4)."""

    TOKEN_ENDPOINT_AUTH_METHODS = WAYS

    def generate_token(self, scope: str | None = None, **_: Any) -> dict[str, Any]:
        """A token of ours with what of `scope` the client may be given."""
        client: OAuthClient = self.request.client
        http: HttpRequest = self.request._request
        scopes = client.get_allowed_scope(scope)
        text = give_token(client, scopes, issuer_of(http))
        return {
            "token_type": "Bearer",
            "access_token": text,
            "expires_in": int(LIFE.total_seconds()),
            "scope": scopes,
        }


class Revocation(RevocationEndpoint):  # type: ignore[misc]
    """A client gives back a token of its own (RFC 7009)."""

    CLIENT_AUTH_METHODS = WAYS

    def query_token(self, token: str, token_type_hint: str | None) -> Any:
        return find_own(token)

    def revoke_token(self, token: AccessToken, request: Any) -> None:
        """Twice is once."""
        rows = AccessToken.objects.filter(pk=token.pk, revoked_at=None)
        if rows.update(revoked_at=timezone.now()):
            AuditEvent.record("token.revoke", actor=token.client.user, on=token)


class PlainRequest(DjangoOAuth2Request):  # type: ignore[misc]
    """A request to which Authlib does not object where a site has no HTTPS.

    A site that has it sends every other request there (`BEHIND_HTTPS`), and one that
    has none is on loopback.
    """

    def __init__(self, request: HttpRequest) -> None:
        uri = request.build_absolute_uri().replace("http:", "https:", 1)
        OAuth2Request.__init__(self, request.method, uri, headers=request.headers)
        self.payload = DjangoOAuth2Payload(request)
        self._request = request


class Server(AuthorizationServer):  # type: ignore[misc]
    """Gives out tokens; what it asks of clients is in `OAuthClient`."""

    def query_client(self, client_id: str) -> OAuthClient | None:
        return (
            OAuthClient.objects.select_related("user")
            .filter(client_id=client_id, revoked_at=None, user__is_active=True)
            .first()
        )

    def create_oauth2_request(self, request: HttpRequest) -> PlainRequest:
        return PlainRequest(request)

    def save_token(self, token: dict[str, Any], request: Any) -> None:
        """It has its row already."""


@cache
def server() -> Server:
    """The process's own."""
    made = Server(OAuthClient, AccessToken)
    made.scopes_supported = list(SCOPES)
    made.register_grant(Credentials)
    made.register_endpoint(Revocation)
    return made
