"""Rendered objects (PS3.18 section 10.4.1.1.3): pictures, reports, documents."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import NamedTuple

from django.http import HttpResponse
from django.http.response import HttpResponseBase

from webapp.dicomweb.addresses import instance_at
from webapp.dicomweb.answers import Refused
from webapp.dicomweb.models import Instance
from webapp.dicomweb.requests import Asked, dicomweb_view
from webapp.dicomweb.retrieve.caching import cached
from webapp.dicomweb.retrieve.documents import document_of, forms_of
from webapp.dicomweb.retrieve.frames import frame_numbers
from webapp.dicomweb.retrieve.labels import find_one_shown, find_shown
from webapp.dicomweb.retrieve.look import read_look
from webapp.dicomweb.retrieve.picturing import pictures_of
from webapp.dicomweb.retrieve.representing import representative
from webapp.dicomweb.retrieve.syntaxes import IMAGES

MOST_OBJECTS = 200
ONE_OF_MANY = "Of {} objects one is shown. Ask for multipart/related to get each."
SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'"


class Rendering(NamedTuple):
    """One rendered object or frame."""

    kind: str
    location: str
    body: bytes


@dicomweb_view("dicom.rendered")
def rendered_frames(
    asked: Asked, study: str, series: str, instance: str, numbers: str
) -> HttpResponseBase:
    """Frames of one object as pictures."""
    found = find_one_shown(asked, study, series, instance)
    wanted = frame_numbers(numbers, found)
    kind, is_multipart = _form(asked, IMAGES, len(wanted))
    look = read_look(asked, kind)
    place = f"{_place(asked, found)}/frames/{{}}/rendered"

    def answer() -> HttpResponseBase:
        bodies = pictures_of(found, wanted, look)
        pairs = zip(wanted, bodies, strict=True)
        made = [Rendering(kind, place.format(n), body) for n, body in pairs]
        return sent(made, is_multipart=is_multipart)

    return cached(asked, f"{found.sha256}-{numbers}-{look}", answer)


@dicomweb_view("dicom.rendered")
def rendered(
    asked: Asked, study: str, series: str = "", instance: str = ""
) -> HttpResponseBase:
    """One object, or each of a series or study."""
    every = find_shown(asked, study, series, instance)
    found = [each for each in every if forms_of(each)]
    if not found:
        raise Refused(406, "There is nothing here that can be rendered.")
    if not any(wish.is_multipart for wish in asked.accept) and len(found) > 1:
        asked.warn(ONE_OF_MANY.format(len(found)))
        found = [representative(found) or found[0]]
    if len(found) > MOST_OBJECTS:
        raise Refused(413, f"{MOST_OBJECTS} objects are rendered at once at most.")
    tags = "-".join(each.sha256 for each in found)
    query = asked.http.GET.urlencode()
    return cached(asked, f"{tags}-{query}", lambda: _rendered(asked, found))


def _rendered(asked: Asked, found: Sequence[Instance]) -> HttpResponseBase:
    is_multipart, made = False, []
    for instance in found:
        kind, is_multipart = _form(asked, forms_of(instance), len(found))
        place = f"{_place(asked, instance)}/rendered"
        if kind in IMAGES:
            body = pictures_of(instance, [0], read_look(asked, kind))[0]
        else:
            body = document_of(instance, kind)
        made.append(Rendering(kind, place, body))
    return sent(made, is_multipart=is_multipart)


def _form(asked: Asked, offered: Sequence[str], count: int) -> tuple[str, bool]:
    """The media type to make, the first one offered by default.

    Raises:
        Refused: 406.
    """
    for wish in asked.accept:
        if count > 1 and not wish.is_multipart and wish.name != "*/*":
            continue
        many = wish.is_multipart or count > 1
        beginning, _, rest = wish.inner.partition("/")
        for kind in offered:
            if wish.inner in (kind, "*/*") or (
                rest == "*" and kind.startswith(f"{beginning}/")
            ):
                return kind, many
    what = ", ".join(offered)
    raise Refused(406, f"This can be rendered as {what}; several as multipart/related.")


def _place(asked: Asked, instance: Instance) -> str:
    series = instance.series
    return instance_at(asked.base, series.study.uid, series.uid, instance.uid)


def sent(made: Sequence[Rendering], *, is_multipart: bool) -> HttpResponse:
    """One rendering as it is, or all as multipart/related."""
    if not is_multipart:
        kind = made[0].kind
        charset = "; charset=utf-8" if kind.startswith("text/") else ""
        response = HttpResponse(made[0].body, content_type=kind + charset)
        response.headers["Content-Location"] = made[0].location
        response.headers["Content-Security-Policy"] = SANDBOX
        return response
    boundary = uuid.uuid4().hex
    lines: list[bytes] = []
    for each in made:
        head = (
            f"--{boundary}\r\nContent-Type: {each.kind}\r\n"
            f"Content-Length: {len(each.body)}\r\n"
            f"Content-Location: {each.location}\r\n\r\n"
        )
        lines += [head.encode(), each.body, b"\r\n"]
    lines.append(f"--{boundary}--\r\n".encode())
    kind = f'multipart/related; type="{made[0].kind}"; boundary={boundary}'
    return HttpResponse(b"".join(lines), content_type=kind)
