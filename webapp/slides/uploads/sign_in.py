"""Who sends an upload, told by the same rules as every REST route."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.core.handlers.asgi import ASGIRequest
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import NotAuthenticated, PermissionDenied
from rest_framework.request import Request

from webapp.accounts.authentication import TokenAuthentication
from webapp.accounts.models import User
from webapp.accounts.permissions import MayUpload


def uploader(scope: dict[str, Any]) -> User:
    """The signed-in user of an ASGI request that has not reached Django.

    A session counts only with the page's CSRF token, as anywhere else.

    Raises:
        NotAuthenticated: nobody is signed in.
        PermissionDenied: a reader, or a request from another site.
        AuthenticationFailed: an unknown token.
    """
    plain = ASGIRequest(scope, BytesIO())
    plain.session = SessionStore(plain.COOKIES.get(settings.SESSION_COOKIE_NAME))
    plain.user = get_user(plain)
    request = Request(
        plain, authenticators=(TokenAuthentication(), SessionAuthentication())
    )
    user = request.user
    if not isinstance(user, User):
        raise NotAuthenticated
    if request.method not in ("OPTIONS", "HEAD") and not user.can_upload:
        raise PermissionDenied(MayUpload.message)
    return user
