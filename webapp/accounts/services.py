"""Making accounts, and giving and taking tokens."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction
from django.http import HttpRequest
from rest_framework.request import Request

from webapp.accounts.models import ApiToken, User
from webapp.audit.models import AuditEvent
from webapp.audit.record import record


def create_account(username: str, role: str, email: str = "") -> str | None:
    """Make an account unless there is one.

    Returns:
        Its secret, which is kept nowhere: a password for a person, a token for a
        machine. None if the account existed; it is then left as it is.
    """
    with transaction.atomic():
        user, is_new = User.objects.get_or_create(
            username=username, defaults={"role": role, "email": email}
        )
        if not is_new:
            return None
        AuditEvent.record("user.create", on=user, role=role)
        if role == User.Role.INTEGRATION:
            user.set_unusable_password()
            _, secret = ApiToken.issue(user, "first token")
        else:
            secret = secrets.token_urlsafe(12)
            user.set_password(secret)
        user.save()
    return secret


def issue_token(
    request: HttpRequest | Request,
    user: User,
    name: str,
    expires_at: datetime | None,
    scopes: str = "",
) -> tuple[ApiToken, str]:
    """Give `user` a token; the secret is seen this once."""
    fields = {"expires_at": expires_at} if expires_at else {}
    with transaction.atomic():
        token, secret = ApiToken.issue(user, name, scopes=scopes, **fields)
        record(request, "token.create", on=token, user=user.username)
    return token, secret


def revoke_token(request: HttpRequest | Request, token: ApiToken) -> None:
    """End a token; ending it twice is one act."""
    with transaction.atomic():
        if token.revoke():
            record(request, "token.revoke", on=token, user=token.user.username)
