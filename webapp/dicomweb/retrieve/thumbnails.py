"""Thumbnails at all four levels (PS3.18 section 10.4.1.1.4)."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase

from webapp.dicomweb.addresses import instance_at, series_at, study_at
from webapp.dicomweb.answers import Refused
from webapp.dicomweb.models import Instance
from webapp.dicomweb.requests import Asked, dicomweb_view
from webapp.dicomweb.retrieve.caching import cached
from webapp.dicomweb.retrieve.finding import find_instances
from webapp.dicomweb.retrieve.frames import frame_numbers
from webapp.dicomweb.retrieve.look import read_look
from webapp.dicomweb.retrieve.picturing import pictures_of
from webapp.dicomweb.retrieve.rendered import Rendering, sent
from webapp.dicomweb.retrieve.representing import may_stand_for, representative

SIDE = 256
JPEG = "image/jpeg"


@dicomweb_view("dicom.thumbnail")
def thumbnail(
    asked: Asked,
    study: str,
    series: str = "",
    instance: str = "",
    numbers: str = "",
) -> HttpResponseBase:
    """A small picture that does not identify the patient; 404 where there is none."""
    chosen = _chosen(find_instances(asked.user, study, series, instance))
    frame = frame_numbers(numbers, chosen)[0] if numbers else 0
    if not any(wish.name in (JPEG, "image/*", "*/*") for wish in asked.accept):
        raise Refused(406, f"Thumbnails can be had as {JPEG}.")
    look = read_look(asked, JPEG)
    look["viewport"] = _small(look["viewport"])
    place = _place(asked.base, study, series, instance, numbers)

    def answer() -> HttpResponseBase:
        body = pictures_of(chosen, [frame], look)[0]
        return sent([Rendering(JPEG, place, body)], is_multipart=False)

    return cached(asked, f"{chosen.sha256}-thumbnail-{frame}-{look}", answer)


def _chosen(found: list[Instance]) -> Instance:
    chosen = found[0] if len(found) == 1 else representative(found)
    if chosen is None or not chosen.frame_count or not may_stand_for(chosen):
        raise Refused(404, "There is no picture here that may be a thumbnail.")
    return chosen


def _small(viewport: list[float] | None) -> list[Any]:
    """Of the whole picture, whatever part is asked for."""
    return [min(side, 1024) for side in (viewport or [SIDE, SIDE])[:2]]


def _place(base: str, study: str, series: str, instance: str, numbers: str) -> str:
    at = study_at(base, study)
    if series:
        at = series_at(base, study, series)
    if instance:
        at = instance_at(base, study, series, instance)
    return f"{at}/frames/{numbers}/thumbnail" if numbers else f"{at}/thumbnail"
