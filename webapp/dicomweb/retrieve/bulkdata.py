"""Long values of an object, one at a time (PS3.18 section 10.4.1.1.5)."""

from __future__ import annotations

import re

from django.http.response import HttpResponseBase

from webapp.dicomweb.addresses import instance_at
from webapp.dicomweb.answers import Refused
from webapp.dicomweb.models import Instance
from webapp.dicomweb.requests import Asked, dicomweb_view, not_found
from webapp.dicomweb.retrieve.caching import cached
from webapp.dicomweb.retrieve.labels import find_one_shown
from webapp.dicomweb.retrieve.sending import Part, Span, multipart, whole
from webapp.dicomweb.retrieve.syntaxes import RAW

NAME = re.compile(r"[0-9A-F]{8}-[0-9]{1,6}")
"""What the reader calls the files that it sets aside."""
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


@dicomweb_view("dicom.bulkdata")
def bulkdata(
    asked: Asked, study: str, series: str, instance: str, name: str
) -> HttpResponseBase:
    """The bytes of one value; a single range of them on its own."""
    found = find_one_shown(asked, study, series, instance)
    span = span_of(found, name)
    place = instance_at(asked.base, study, series, instance)
    part = Part(RAW, f"{place}/bulkdata/{name}", (span,))
    return cached(asked, f"{found.sha256}-{name}", lambda: _answer(asked, part, span))


def _answer(asked: Asked, part: Part, span: Span) -> HttpResponseBase:
    for wish in asked.accept:
        if wish.inner not in (RAW, "*/*", "application/*"):
            continue
        if wish.is_multipart:
            return multipart([part], RAW)
        return _ranged(asked, part, span)
    raise Refused(406, f"Bulk data can be had as {RAW}, or multipart/related of it.")


def _ranged(asked: Asked, part: Part, span: Span) -> HttpResponseBase:
    """One range is 206; several, or one that makes no sense, are the whole."""
    stated = RANGE.fullmatch(asked.http.headers.get("range", ""))
    if stated is None or not (stated[1] or stated[2]):
        response = whole(part)
        response.headers["Accept-Ranges"] = "bytes"
        return response
    first, last = _bounds(stated[1], stated[2], span.length)
    if first > last:
        raise Refused(
            416, "The range is outside.", {"Content-Range": f"bytes */{span.length}"}
        )
    cut = Span(span.path, span.at + first, last - first + 1)
    response = whole(part._replace(spans=(cut,)))
    response.status_code = 206
    response.headers["Content-Range"] = f"bytes {first}-{last}/{span.length}"
    return response


def _bounds(first: str, last: str, length: int) -> tuple[int, int]:
    if not first:
        return max(0, length - int(last)), length - 1
    return int(first), min(int(last) if last else length - 1, length - 1)


def span_of(instance: Instance, name: str) -> Span:
    """Where the value of this name lies.

    Raises:
        Refused: 404, there is none.
    """
    if name == "pixels" and instance.frame_count:
        # Of compressed pixels, the encapsulated stream as it is stored.
        at = instance.pixels_at
        size = instance.frame_bytes * instance.frame_count
        return Span(instance.path, at, size or instance.byte_size - at)
    file = instance.folder / "bulk" / name
    if not NAME.fullmatch(name) or not file.is_file():
        raise not_found()
    return Span(file, 0, file.stat().st_size)
