"""Lists of data sets as DICOM's JSON (PS3.18 annex F) or XML (PS3.19 annex A)."""

from __future__ import annotations

import hashlib
import json

from django.http import HttpResponse
from django.http.response import HttpResponseBase

from webapp.dicomweb.answers import Refused
from webapp.dicomweb.attributes import Json
from webapp.dicomweb.native_xml import to_xml
from webapp.dicomweb.requests import Asked

JSON_TYPES = {"application/dicom+json", "application/json", "application/*", "*/*"}
XML = "application/dicom+xml"
_BOUNDARY = "dragonfly-xml"


def dicom_answer(asked: Asked, datasets: list[Json]) -> HttpResponseBase:
    """The data sets in the form that the client asks for.

    Raises:
        Refused: 406.
    """
    for wish in asked.accept:
        if wish.name in JSON_TYPES:
            body = json.dumps(datasets, ensure_ascii=False, separators=(",", ":"))
            return _tagged(asked, body.encode(), "application/dicom+json")
        if wish.is_multipart and wish.inner in (XML, "*/*"):
            kind = f'multipart/related; type="{XML}"; boundary={_BOUNDARY}'
            return _tagged(asked, _xml_parts(datasets), kind)
    raise Refused(
        406, f'This can be had as application/dicom+json or multipart of "{XML}".'
    )


def _tagged(asked: Asked, body: bytes, kind: str) -> HttpResponse:
    """The answer, or 304 if the client has it (RFC 9110 section 13.1.2)."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    known = asked.http.headers.get("if-none-match", "")
    if tag in [each.strip().removeprefix("W/") for each in known.split(",")]:
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(body, content_type=kind)
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Accept, Authorization, Cookie"
    return response


def _xml_parts(datasets: list[Json]) -> bytes:
    head = f"--{_BOUNDARY}\r\nContent-Type: {XML}\r\n\r\n".encode()
    parts = [head + to_xml(dataset) + b"\r\n" for dataset in datasets]
    return b"".join(parts) + f"--{_BOUNDARY}--\r\n".encode()
