"""Who signs in how: people by password and session, machines by token."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.request import Request

from webapp.accounts.models import ApiToken, User
from webapp.accounts.oauth.tokens import Presented, find_presented, looks_like_jwt
from webapp.accounts.scopes import require, scope_of
from webapp.api.throttle import Limit, seconds_to_wait
from webapp.audit.record import client_address

REFUSED = "This token is unknown, revoked or expired."
CHALLENGE = 'Bearer realm="Dragonfly"'
Token = ApiToken | Presented


class PeopleBackend(ModelBackend):
    """Password and session, for people alone."""

    def user_can_authenticate(self, user: User | AnonymousUser | None) -> bool:
        """Active, and no machine."""
        is_machine = isinstance(user, User) and user.role == User.Role.INTEGRATION
        return not is_machine and super().user_can_authenticate(user)


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer …` (RFC 6750) or `Token …`, with either kind of token.

    A token must have the scope that the view needs; where there is no view of REST
    framework, the caller asks by `webapp.accounts.scopes.require`.
    """

    keywords = (b"bearer", b"token")

    def authenticate(self, request: Request) -> tuple[User, Token] | None:
        """The token's user; None leaves the request to the session.

        Raises:
            AuthenticationFailed: the token does not hold.
            Throttled: too many that did not hold came from this address.
            InsufficientScopeError: it holds, and does not open this.
        """
        words = get_authorization_header(request).split()
        if not words or words[0].lower() not in self.keywords:
            return None
        secret = words[1].decode(errors="replace") if len(words) == 2 else ""
        token = find_token(request, secret)
        view = (getattr(request, "parser_context", None) or {}).get("view")
        if view is not None:
            require(token, scope_of(view, request.method or "GET"))
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """Makes the answer to an anonymous caller a 401."""
        return CHALLENGE


def find_token(request: Request, secret: str) -> Token:
    """The token with this secret.

    Raises:
        AuthenticationFailed, Throttled: as `TokenAuthentication.authenticate`.
    """
    limit = Limit("sign-in", settings.SIGN_IN_PER_MINUTE)
    address = client_address(request) or ""
    is_jwt = looks_like_jwt(secret)
    found = find_presented(secret) if is_jwt else ApiToken.find(secret)
    if found is None:
        if wait := seconds_to_wait(limit, address):
            raise Throttled(wait)
        raise AuthenticationFailed(REFUSED)
    return found


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema describes it."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        """A header with a word before the secret."""
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A token of this site, or a JSON Web Token from "
            "`/oauth/token` or the issuer that the site names.",
        }
