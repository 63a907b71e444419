"""What a machine's token opens: areas to read or write, and patients' labels.

People in a session need no scope: their role says what they may do, and a scope never
gives a machine more than its user's role.
"""

from __future__ import annotations

from typing import Any, Protocol

from rest_framework.exceptions import PermissionDenied

PHI = "phi.read"
"""Pictures of labels and overviews, which may name a patient."""
AREAS = {
    "slides": "slides, uploads and tiles",
    "questions": "questions and answers",
    "models": "model versions",
    "jobs": "jobs, rules and worklists",
    "webhooks": "webhook endpoints and their log",
    "dicomweb": "DICOM objects",
    "results": "result objects, deliveries and FHIR",
    "reviews": "reviews of answers",
    "finetuning": "fine-tune jobs",
}
SCOPES = {
    **{f"{area}.read": f"See {what}." for area, what in AREAS.items()},
    **{f"{area}.write": f"Make and change {what}." for area, what in AREAS.items()},
    PHI: "See labels and overviews of slides, which may name a patient.",
}
AREA_OF_APP = {
    "training": "models",
    "drift": "models",
    "delivery": "results",
    "twins": "dicomweb",
    "dimse": "dicomweb",
    "fhir": "results",
    "worklist": "jobs",
    "rules": "jobs",
    "accounts": "",
    "api": "",
}
"""Apps whose area has another name; "" needs no scope."""
READING = ("GET", "HEAD", "OPTIONS")


class Opens(Protocol):
    """What a token is presented as."""

    def allows(self, scope: str) -> bool: ...


class InsufficientScopeError(PermissionDenied):
    """403 with the scope that is missing (RFC 6750 section 3.1)."""

    def __init__(self, scope: str) -> None:
        detail = f"This token lacks the scope {scope}."
        super().__init__(detail, code="insufficient_scope")
        self.auth_header = f'Bearer error="insufficient_scope", scope="{scope}"'


def require(token: Any, scope: str) -> None:
    """Refuse a token that lacks the scope; a session (None) lacks nothing.

    Args:
        token: as a request's `auth` has it: `Opens` or None.

    Raises:
        InsufficientScopeError: it does.
    """
    if token is not None and scope and not token.allows(scope):
        raise InsufficientScopeError(scope)


def scope_of(view: Any, method: str) -> str:
    """The scope that a view needs: its own, or its app's area to read or write."""
    app = type(view).__module__.split(".")[1]
    area = AREA_OF_APP.get(app, app)
    if own := getattr(view, "scope", ""):
        return str(own)
    return f"{area}.{'read' if method in READING else 'write'}" if area else ""


def allows(granted: str, scope: str) -> bool:
    """Whether these words name the scope; no words stand for all but `phi.read`."""
    return scope in granted.split() if granted else scope != PHI


def unknown(scopes: list[str]) -> list[str]:
    """Those that are no scopes."""
    return [scope for scope in scopes if scope not in SCOPES]
