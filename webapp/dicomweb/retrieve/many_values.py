"""All long values, or all pixels, of a study, a series or one object (CP-2040)."""

from __future__ import annotations

from collections.abc import Iterator

from django.http.response import HttpResponseBase

from webapp.dicomweb.addresses import instance_at
from webapp.dicomweb.answers import Refused
from webapp.dicomweb.models import Instance
from webapp.dicomweb.requests import Asked, dicomweb_view, not_found
from webapp.dicomweb.retrieve.bulkdata import span_of
from webapp.dicomweb.retrieve.frames import MOST, choose_form, decoded, frames_at
from webapp.dicomweb.retrieve.labels import find_shown
from webapp.dicomweb.retrieve.sending import Part, multipart
from webapp.dicomweb.retrieve.syntaxes import RAW

MOST_FRAMES = 100_000
_ANY = (RAW, "*/*", "application/*")


@dicomweb_view("dicom.bulkdata")
def all_bulkdata(
    asked: Asked, study: str, series: str = "", instance: str = ""
) -> HttpResponseBase:
    """Every value that the metadata names by an address, a part each."""
    found = find_shown(asked, study, series, instance)
    if not any(wish.inner in _ANY for wish in asked.accept):
        raise Refused(406, f"Bulk data can be had as multipart/related of {RAW}.")
    parts = [part for each in found for part in _values(asked.base, each)]
    if not parts:
        raise not_found()
    return multipart(parts, RAW)


def _values(base: str, instance: Instance) -> Iterator[Part]:
    series = instance.series
    at = instance_at(base, series.study.uid, series.uid, instance.uid)
    bulk = instance.folder / "bulk"
    names = sorted(file.name for file in bulk.iterdir()) if bulk.is_dir() else []
    for name in [*names, *(["pixels"] if instance.frame_count else [])]:
        yield Part(RAW, f"{at}/bulkdata/{name}", (span_of(instance, name),))


@dicomweb_view("dicom.frames")
def pixel_data(
    asked: Asked, study: str, series: str = "", instance: str = ""
) -> HttpResponseBase:
    """The frames of every object that has any, in order."""
    found = find_shown(asked, study, series, instance)
    pictures = [each for each in found if each.frame_count]
    if not pictures:
        raise not_found()
    if sum(each.frame_count for each in pictures) > MOST_FRAMES:
        raise Refused(413, f"{MOST_FRAMES} frames are sent at once at most.")
    made = [_frames(asked, each) for each in pictures]
    parts = (part for frames in made for part in frames)
    return multipart(parts, made[0][0].inner)


def _frames(asked: Asked, instance: Instance) -> list[Part]:
    make, _ = choose_form(asked.accept, instance, instance.frame_count + 1)
    if make is decoded and instance.frame_count > MOST:
        raise Refused(
            413, f"More than {MOST} frames would have to be decoded. Ask for fewer."
        )
    numbers = list(range(1, instance.frame_count + 1))
    return make(instance, numbers, frames_at(asked.base, instance))
