"""The root of the service."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse


def root(request: HttpRequest) -> HttpResponse:
    """Nothing to see."""
    return HttpResponse(status=404)
