"""What every page is given."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, str]:
    """The words that no page leaves out."""
    return {"intended_use": settings.INTENDED_USE}
