"""Recording what a request does, with the client's address."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.db import models
from django.http import HttpRequest
from rest_framework.request import Request

from webapp.audit.models import AuditEvent


def client_address(request: HttpRequest | Request | None) -> str | None:
    """The client's network address; None when it is unknown.

    With `PROXY_COUNT` proxies of ours in front, the client is the name that the
    outermost of them added; whatever stands before it anyone could have written.
    """
    if request is None:
        return None
    text = request.META.get("REMOTE_ADDR", "")
    if settings.PROXY_COUNT:
        chain = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        text = chain[-min(settings.PROXY_COUNT, len(chain))] or text
    try:
        return str(ip_address(text.strip()))
    except ValueError:
        return None


def record(
    request: HttpRequest | Request,
    action: str,
    *,
    on: models.Model | None = None,
    **details: Any,
) -> AuditEvent:
    """Append one event of this request's user.

    Args:
        action: noun and verb, such as "slide.delete" or "label.view".
        on: the record acted on.
        details: plain values; never a patient's name or a slide's label.
    """
    return AuditEvent.record(
        action,
        actor=request.user,
        on=on,
        address=client_address(request),
        **details,
    )
