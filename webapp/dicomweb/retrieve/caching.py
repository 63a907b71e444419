"""What never changes is asked for once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.http import HttpResponse
from django.http.response import HttpResponseBase

from webapp.dicomweb.requests import Asked

A_DAY = 86_400


def cached(
    asked: Asked, what: str, answer: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    """`answer()`, or 304 for a client that has it.

    Args:
        what: names the content; together with the wished form it makes the tag.
    """
    wish = repr(asked.accept)
    tag = f'"{hashlib.sha256(f"{what} {wish}".encode()).hexdigest()[:32]}"'
    known = asked.http.headers.get("if-none-match", "").split(",")
    if tag in [each.strip().removeprefix("W/") for each in known]:
        response: HttpResponseBase = HttpResponse(status=304)
    else:
        response = answer()
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = f"private, max-age={A_DAY}, immutable"
    response.headers["Vary"] = "Accept, Authorization, Cookie"
    return response
