"""Frames: the stored bytes as they are, or decoded where only that is wanted."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Sequence

from django.http.response import HttpResponseBase

from webapp.dicomweb.addresses import instance_at
from webapp.dicomweb.answers import Refused
from webapp.dicomweb.media import MediaType
from webapp.dicomweb.models import Instance
from webapp.dicomweb.requests import Asked, dicomweb_view
from webapp.dicomweb.retrieve.caching import cached
from webapp.dicomweb.retrieve.converting import decoded_frames
from webapp.dicomweb.retrieve.labels import find_one_shown
from webapp.dicomweb.retrieve.sending import Part, Span, multipart, whole
from webapp.dicomweb.retrieve.syntaxes import MEDIA, PLAIN, RAW

MOST = 200
ANY = ("*/*", "image/*")


@dicomweb_view("dicom.frames")
def frames(
    asked: Asked, study: str, series: str, instance: str, numbers: str
) -> HttpResponseBase:
    """The frames of a list such as "1,3", in the order asked for."""
    found = find_one_shown(asked, study, series, instance)
    wanted = frame_numbers(numbers, found)
    return cached(
        asked, f"{found.sha256}-{numbers}", lambda: _answer(asked, found, wanted)
    )


def frame_numbers(text: str, instance: Instance) -> list[int]:
    """The frames of a list, counted from 1.

    Raises:
        Refused: 400, it is no such list; 404, the object has fewer.
    """
    if not re.fullmatch(r"\d{1,9}(,\d{1,9})*", text):
        raise Refused(400, "Frames are named by numbers with commas between.")
    found = [int(number) for number in text.split(",")]
    if 0 in found or len(set(found)) < len(found) or len(found) > MOST:
        raise Refused(
            400, f"Frames count from 1; name each once and {MOST} of them at most."
        )
    if max(found) > instance.frame_count:
        raise Refused(404, f"The object has {instance.frame_count} frames.")
    return found


def _answer(asked: Asked, instance: Instance, wanted: list[int]) -> HttpResponseBase:
    make, is_multipart = choose_form(asked.accept, instance, len(wanted))
    parts = make(instance, wanted, frames_at(asked.base, instance))
    return multipart(parts, parts[0].inner) if is_multipart else whole(parts[0])


Maker = Callable[[Instance, list[int], str], list[Part]]


def choose_form(
    accept: Sequence[MediaType], instance: Instance, count: int
) -> tuple[Maker, bool]:
    """What makes the parts, and whether they are sent as multipart.

    Of what is wished for equally, the stored frames go before decoded ones: viewers
    list all that they can read, in any order, and the server chooses (RFC 9110
    section 12.5.1).

    Raises:
        Refused: 406.
    """
    stored = MEDIA.get(instance.transfer_syntax, RAW)
    wishes = [each for wish in accept if (each := _of_frames(wish, count))]
    makers = [(wish, _maker(wish, instance, stored)) for wish in wishes]
    found = [(wish, maker) for wish, maker in makers if maker is not None]
    if not found:
        raise Refused(
            406, f"Frames can be had as multipart/related of {stored} or {RAW}."
        )
    equal = [each for each in found if each[0].quality == found[0][0].quality]
    wish, maker = min(equal, key=lambda each: each[1] is decoded)
    return maker, wish.is_multipart


def _of_frames(wish: MediaType, count: int) -> MediaType | None:
    """What is wished for as frames can be sent: several, or anything, as multipart."""
    if wish.is_multipart or (count == 1 and wish.name not in ANY):
        return wish
    if wish.name not in ANY:
        return None
    return MediaType("multipart/related", wish.parameters | {"type": "*/*"})


def _maker(wish: MediaType, instance: Instance, stored: str) -> Maker | None:
    is_any = wish.inner in ANY
    fits = wish.syntax in ("", "*", instance.transfer_syntax)
    if stored != RAW and (wish.inner == stored or is_any) and fits:
        return _stored
    wants_raw = wish.inner == RAW or is_any
    if not wants_raw or wish.syntax not in ("", "*", PLAIN):
        return None
    is_slice = stored == RAW and _is_sliceable(instance)
    return _sliced if is_slice else decoded


def _is_sliceable(instance: Instance) -> bool:
    bits = instance.attributes.get("00280100", {}).get("Value", [8])[0]
    return instance.transfer_syntax != "1.2.840.10008.1.2.2" and bits >= 8


def frames_at(base: str, instance: Instance) -> str:
    """The address of its frames, up to the number."""
    series = instance.series
    at = instance_at(base, series.study.uid, series.uid, instance.uid)
    return f"{at}/frames/"


def _stored(instance: Instance, wanted: list[int], place: str) -> list[Part]:
    syntax = instance.transfer_syntax
    kind = f"{MEDIA[syntax]}; transfer-syntax={syntax}"
    with (instance.folder / "frames.bin").open("rb") as table:
        parts = []
        for number in wanted:
            table.seek(8 * (number - 1))
            first, end = struct.unpack("=2Q", table.read(16))
            table.seek(8 * (instance.frame_count + 1 + 2 * first))
            pairs = struct.iter_unpack("=2Q", table.read(16 * (end - first)))
            spans = tuple(Span(instance.path, at, length) for at, length in pairs)
            parts.append(Part(kind, f"{place}{number}", spans))
    return parts


def _sliced(instance: Instance, wanted: list[int], place: str) -> list[Part]:
    size = instance.frame_bytes
    return [
        Part(
            RAW,
            f"{place}{number}",
            (Span(instance.path, instance.pixels_at + (number - 1) * size, size),),
        )
        for number in wanted
    ]


def decoded(instance: Instance, wanted: list[int], place: str) -> list[Part]:
    """Frames whose pixels have to be made in the sandbox first."""
    files = decoded_frames(instance, wanted)
    return [
        Part(RAW, f"{place}{number}", (Span(file, 0, file.stat().st_size),))
        for number, file in zip(wanted, files, strict=True)
    ]
