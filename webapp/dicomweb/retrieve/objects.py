"""Whole objects of a study, a series, or one (PS3.18 section 10.4.1.1.1)."""

from __future__ import annotations

from collections.abc import Iterator

from django.http.response import HttpResponseBase

from webapp.dicomweb.addresses import instance_at
from webapp.dicomweb.answers import Refused
from webapp.dicomweb.models import Instance
from webapp.dicomweb.requests import Asked, dicomweb_view
from webapp.dicomweb.retrieve.converting import plain_file
from webapp.dicomweb.retrieve.labels import find_shown
from webapp.dicomweb.retrieve.sending import Part, Span, multipart, whole
from webapp.dicomweb.retrieve.syntaxes import sent_syntax

DICOM = "application/dicom"


@dicomweb_view("dicom.retrieve")
def objects(
    asked: Asked, study: str, series: str = "", instance: str = ""
) -> HttpResponseBase:
    """Multipart of the objects; one of them also on its own."""
    found = find_shown(asked, study, series, instance)
    for wish in asked.accept:
        is_single = wish.name == DICOM and bool(instance)
        if not is_single and wish.inner not in (DICOM, "*/*"):
            continue
        syntaxes = [sent_syntax(each.transfer_syntax, wish.syntax) for each in found]
        if all(syntaxes):
            parts = _parts(asked, found, [str(syntax) for syntax in syntaxes])
            if is_single:
                response = whole(next(parts))
                response.headers["Content-Disposition"] = "attachment"
                return response
            return multipart(parts, DICOM)
    raise Refused(
        406,
        "Objects can be had as multipart/related of application/dicom, as Explicit VR "
        "Little Endian or with transfer-syntax=* as they are stored.",
    )


def _parts(asked: Asked, found: list[Instance], syntaxes: list[str]) -> Iterator[Part]:
    files = []
    for instance, syntax in zip(found, syntaxes, strict=True):
        is_stored = syntax == instance.transfer_syntax
        # Before the first byte goes out: a refusal can still be said.
        files.append(instance.path if is_stored else plain_file(instance))
    return iter(
        Part(
            f"{DICOM}; transfer-syntax={syntax}",
            instance_at(
                asked.base,
                instance.series.study.uid,
                instance.series.uid,
                instance.uid,
            ),
            (Span(file, 0, file.stat().st_size),),
        )
        for instance, syntax, file in zip(found, syntaxes, files, strict=True)
    )
