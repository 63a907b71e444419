"""How a rendering is to look: its query parameters (PS3.18 section 8.3.5.1)."""

from __future__ import annotations

import math
import re
from typing import Any

from webapp.dicomweb.answers import Refused
from webapp.dicomweb.requests import Asked

MOST_SIDE = 4096
QUALITY = 90
FUNCTIONS = ("linear", "linear-exact", "sigmoid")
PROFILES = ("no", "yes", "srgb")
OTHER_PROFILES = ("adobergb", "rommrgb", "displayp3")
ANNOTATIONS = ("patient", "technique")
_NUMBER = re.compile(r"-?\d{1,9}(\.\d{1,9})?")
NOT_SUPPORTED = "The following parameters are not supported: {}"


def read_look(asked: Asked, media: str) -> dict[str, Any]:
    """The fields of `sandbox.render.Look`; warns of what cannot be done.

    Raises:
        Refused: 400, a parameter is malformed or there more than once.
    """
    given = asked.http.GET
    for name, values in given.lists():
        if len(values) > 1:
            raise Refused(400, f"The parameter {name[:32]} is there more than once.")
    return {
        "media": media,
        "quality": _quality(given.get("quality")),
        "viewport": _viewport(given.get("viewport")),
        "window": _window(given.get("window")),
        "profile": _profile(asked, given.get("iccprofile")),
    } | _annotated(asked, given.get("annotation"))


def _quality(text: str | None) -> int:
    if text is None:
        return QUALITY
    if not re.fullmatch(r"\d{1,3}", text) or not 1 <= int(text) <= 100:
        raise Refused(400, "quality is a whole number from 1 to 100.")
    return int(text)


def _viewport(text: str | None) -> list[float] | None:
    """Width and height, and left, top, width and height of the source.

    A value of the source that is left empty is its default, given here as 0.
    """
    if text is None:
        return None
    parts = text.split(",")
    if len(parts) not in (2, 6):
        raise Refused(400, "viewport is vw,vh or vw,vh,sx,sy,sw,sh.")
    numbers = [_number(part or "0", "viewport") for part in parts]
    width, height = numbers[:2]
    if not all(side == int(side) and side >= 1 for side in (width, height)):
        raise Refused(400, "The viewport's width and height are whole numbers from 1.")
    if max(width, height) > MOST_SIDE:
        raise Refused(400, f"A viewport has {MOST_SIDE} pixels a side at most.")
    if any(place < 0 for place in numbers[2:4]):
        raise Refused(400, "The viewport begins outside the image.")
    return numbers


def _window(text: str | None) -> list[Any] | None:
    if text is None:
        return None
    parts = text.split(",")
    if len(parts) != 3 or parts[2] not in FUNCTIONS:
        raise Refused(
            400, f"window is center,width,function with one of {', '.join(FUNCTIONS)}."
        )
    center, width = (_number(part, "window") for part in parts[:2])
    if width < 1 if parts[2] == "linear" else width <= 0:
        raise Refused(400, "The window is too narrow.")
    return [center, width, parts[2]]


def _profile(asked: Asked, text: str | None) -> str:
    if text in OTHER_PROFILES:
        asked.warn(NOT_SUPPORTED.format(f"iccprofile={text}"))
        return "no"
    if text not in (None, *PROFILES):
        raise Refused(400, f"iccprofile is one of {', '.join(PROFILES)}.")
    return text or "no"


def _annotated(asked: Asked, text: str | None) -> dict[str, Any]:
    """Nothing is burned into pictures; a patient's name least of all."""
    if text is None:
        return {}
    if not set(text.split(",")) <= set(ANNOTATIONS):
        raise Refused(400, f"annotation is a list of {', '.join(ANNOTATIONS)}.")
    asked.warn(NOT_SUPPORTED.format("annotation"))
    return {}


def _number(text: str, what: str) -> float:
    if not _NUMBER.fullmatch(text) or not math.isfinite(float(text)):
        raise Refused(400, f"A number of the {what} is not one.")
    return float(text)
