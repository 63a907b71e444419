"""Who signs in how: people by password and session, machines by token."""

from __future__ import annotations

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from webapp.accounts.models import ApiToken, User

REFUSED = "This token is unknown, revoked or expired."


class PeopleBackend(ModelBackend):
    """Password and session, for people alone."""

    def user_can_authenticate(self, user: User | AnonymousUser | None) -> bool:
        """Active, and no machine."""
        is_machine = isinstance(user, User) and user.role == User.Role.INTEGRATION
        return not is_machine and super().user_can_authenticate(user)


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Token dragonfly_…`."""

    keyword = "Token"

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """The token's user; None leaves the request to the session."""
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != self.keyword.lower().encode():
            return None
        secret = words[1].decode(errors="replace") if len(words) == 2 else ""
        token = ApiToken.find(secret)
        if token is None:
            raise AuthenticationFailed(REFUSED)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """Makes the answer to an anonymous caller a 401."""
        return self.keyword


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema describes it."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        """A header with a word before the secret."""
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": 'The word "Token", a space, and the secret.',
        }
