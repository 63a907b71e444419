"""Who sends an upload, told by the same rules as every REST route.

A file comes in many requests. The sender of one is remembered for a few seconds, so
that the next ones need not ask the database; who is signed out meanwhile can add bytes
to an upload of their own for that long, and do nothing else.
"""

from __future__ import annotations

import hashlib
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
from webapp.accounts.scopes import require
from webapp.slides.uploads.recent import Recent

REMEMBERED_S = 15.0
_NAMES = {b"authorization", b"cookie", b"host", b"origin", b"referer", b"x-csrftoken"}
senders: Recent[bytes, User] = Recent(REMEMBERED_S)


def sender(scope: dict[str, Any]) -> User:
    """As `uploader`, for the requests that carry bytes."""
    key = _key(scope)
    user = senders.get(key)
    if user is None:
        user = uploader(scope)
        senders.put(key, user)
    return user


def _key(scope: dict[str, Any]) -> bytes:
    """All that the decision depends on, and no secret."""
    told = sorted((k, v) for k, v in scope["headers"] if k.lower() in _NAMES)
    return hashlib.blake2b(repr((scope["method"], told)).encode()).digest()


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
    require(request.auth, "slides.write")
    if request.method not in ("OPTIONS", "HEAD") and not user.can_upload:
        raise PermissionDenied(MayUpload.message)
    return user
