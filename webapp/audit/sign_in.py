"""Signing in and out, and failing to, as audit events."""

from __future__ import annotations

from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import (
    user_logged_in,
    user_logged_out,
    user_login_failed,
)
from django.db import models
from django.dispatch import receiver
from django.http import HttpRequest

from webapp.audit.models import AuditEvent
from webapp.audit.record import client_address


@receiver(user_logged_in)
def signed_in(request: HttpRequest | None, user: models.Model, **_: Any) -> None:
    AuditEvent.record("session.start", actor=user, address=client_address(request))


@receiver(user_logged_out)
def signed_out(
    request: HttpRequest | None, user: models.Model | None, **_: Any
) -> None:
    AuditEvent.record("session.end", actor=user, address=client_address(request))


@receiver(user_login_failed)
def failed(
    credentials: dict[str, str], request: HttpRequest | None = None, **_: Any
) -> None:
    note_failure("session.refuse", credentials.get("username", ""), request)


@receiver(user_locked_out)
def locked_out(username: str, request: HttpRequest | None = None, **_: Any) -> None:
    note_failure("session.lock", username, request)


def note_failure(action: str, username: str, request: HttpRequest | None) -> None:
    """Name the account if there is one.

    Another name is not kept: people type their password into the wrong field.
    """
    user = get_user_model()._default_manager.filter(username=username).first()
    AuditEvent.record(action, on=user, address=client_address(request))
