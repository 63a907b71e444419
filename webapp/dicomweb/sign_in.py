"""Who asks: a token by either word, or a session of the site."""

from __future__ import annotations

from django.http import HttpRequest
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from webapp.accounts.authentication import TokenAuthentication
from webapp.accounts.models import User
from webapp.dicomweb.answers import Refused

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="DICOMweb"'}


class BearerAuthentication(TokenAuthentication):
    """`Authorization: Bearer dragonfly_…` (RFC 6750), which DICOM clients can send."""

    keyword = "Bearer"


def signed_in(plain: HttpRequest) -> User:
    """The user of a request; a session counts for changes only with its CSRF token.

    Raises:
        Refused: 401, nobody is signed in; 403.
    """
    ways = (TokenAuthentication(), BearerAuthentication(), SessionAuthentication())
    try:
        user = Request(plain, authenticators=ways).user
    except AuthenticationFailed as failed:
        raise Refused(401, str(failed.detail), CHALLENGE) from None
    except PermissionDenied as denied:
        raise Refused(403, str(denied.detail)) from None
    if not isinstance(user, User):
        raise Refused(401, "Sign in with a token.", CHALLENGE)
    return user
