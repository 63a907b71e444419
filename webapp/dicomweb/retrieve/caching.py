"""What never changes is asked for once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from django.http import HttpResponse
from django.http.response import HttpResponseBase

from webapp.dicomweb.media import MediaType
from webapp.dicomweb.requests import Asked

A_DAY = 86_400
KEPT = {
    "Cache-Control": f"private, max-age={A_DAY}, immutable",
    "Vary": "Accept, Authorization, Cookie",
    "X-Content-Type-Options": "nosniff",
}


def cached(
    asked: Asked, what: str, answer: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    """`answer()`, or 304 for a client that has it.

    Args:
        what: names the content; together with the wished form it makes the tag.
    """
    tag = tag_of(what, asked.accept)
    if is_known(tag, asked.http.headers.get("if-none-match", "")):
        response: HttpResponseBase = HttpResponse(status=304)
    else:
        response = answer()
    response.headers["ETag"] = tag
    for name, value in KEPT.items():
        response.headers[name] = value
    return response


def tag_of(what: str, accept: Sequence[MediaType]) -> str:
    """The entity tag of this content in the form that is asked for."""
    return f'"{hashlib.sha256(f"{what} {accept!r}".encode()).hexdigest()[:32]}"'


def is_known(tag: str, if_none_match: str) -> bool:
    """Whether the client says that it has it (RFC 9110 section 13.1.2)."""
    known = if_none_match.split(",")
    return tag in [each.strip().removeprefix("W/") for each in known]
