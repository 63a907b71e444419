"""Requests that are answered in front of Django: who asks, in a thread of their own."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.core.handlers.asgi import ASGIRequest

from webapp.accounts.models import User
from webapp.dicomweb.sign_in import signed_in


def bare_request(scope: dict[str, Any]) -> ASGIRequest:
    """The request without its body."""
    return ASGIRequest(scope, BytesIO())


def sign_in(request: ASGIRequest) -> User:
    """The user of a request that no middleware has seen; asks the database.

    Raises:
        Refused: as `signed_in`.
    """
    request.session = SessionStore(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    request.user = get_user(request)
    request.user = user = signed_in(request)
    return user
