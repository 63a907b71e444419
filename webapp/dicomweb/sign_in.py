"""Who asks: a token by either word, or a session of the site."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import (
    AuthenticationFailed,
    PermissionDenied,
    Throttled,
)
from rest_framework.request import Request

from webapp.accounts.authentication import TokenAuthentication
from webapp.accounts.models import User
from webapp.accounts.scopes import READING, require
from webapp.api.throttle import Limit, seconds_to_wait
from webapp.dicomweb.answers import Refused

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="DICOMweb"'}


def signed_in(plain: HttpRequest, area: str = "dicomweb") -> User:
    """The user of a request; a session counts for changes only with its CSRF token.

    Raises:
        Refused: 401, nobody is signed in; 403, the token lacks the scope; 429.
    """
    request = Request(
        plain, authenticators=(TokenAuthentication(), SessionAuthentication())
    )
    try:
        user = request.user
        writes = "read" if plain.method in READING else "write"
        require(request.auth, f"{area}.{writes}")
    except Throttled as throttled:
        raise _wait(getattr(throttled, "wait", None) or 1) from None
    except AuthenticationFailed as failed:
        raise Refused(401, str(failed.detail), CHALLENGE) from None
    except PermissionDenied as denied:
        challenge = getattr(denied, "auth_header", "")
        headers = {"WWW-Authenticate": challenge} if challenge else {}
        raise Refused(403, str(denied.detail), headers) from None
    if not isinstance(user, User):
        raise Refused(401, "Sign in with a token.", CHALLENGE)
    limit = Limit("dicomweb", settings.DICOMWEB_PER_MINUTE)
    if wait := seconds_to_wait(limit, str(user.pk)):
        raise _wait(wait)
    return user


def _wait(seconds: float) -> Refused:
    return Refused(
        429, "Too many requests. Wait a little.", {"Retry-After": f"{seconds:.0f}"}
    )
