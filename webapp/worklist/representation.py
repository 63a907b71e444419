"""Each attribute has the value representation of PS3.6, and values that fit it."""

from __future__ import annotations

import math
from typing import Any

from pydicom.datadict import dictionary_VR, keyword_for_tag
from pydicom.valuerep import BYTES_VR, FLOAT_VR, INT_VR, STANDARD_VR

from webapp.dicomweb.answers import Refused
from webapp.dicomweb.sandbox.accepted import UID_PATTERN

VRS = STANDARD_VR - BYTES_VR
"""Those that a workitem may hold: bytes have no place in it."""
NUMBERS = (INT_VR | FLOAT_VR) - {"AT"}
NUMBERS_AS_TEXT = {"IS", "DS", "SV", "UV"}
"""Those that PS3.18 table F.2.3-1 lets be written as a string, too."""
LONGEST_UID = 64
_GROUPS = {"Alphabetic", "Ideographic", "Phonetic"}


def check_representation(tag: str, vr: str, values: list[Any]) -> None:
    """Refuse another representation than the dictionary's, naming the attribute.

    Args:
        tag: eight hexadecimal digits; private and unknown ones may have any.

    Raises:
        Refused: 400.
    """
    allowed = _allowed(tag)
    if allowed and vr not in allowed:
        wanted = " or ".join(allowed)
        raise Refused(400, f"{_name(tag)} has the VR {vr}; it must have {wanted}.")
    if vr == "UI" and not all(value is None or is_uid(value) for value in values):
        raise Refused(400, f"{_name(tag)} holds something that is no UID.")
    if vr != "SQ" and not all(_fits(value, vr) for value in values):
        raise Refused(400, f"{_name(tag)} holds a value that does not fit {vr}.")


def is_uid(stated: Any) -> bool:
    """As PS3.5 section 9.1 has it."""
    is_short = isinstance(stated, str) and len(stated) <= LONGEST_UID
    return is_short and bool(UID_PATTERN.fullmatch(stated))


def _allowed(tag: str) -> list[str]:
    try:
        return dictionary_VR(int(tag, 16)).split(" or ")
    except KeyError:
        return []


def _name(tag: str) -> str:
    keyword = keyword_for_tag(int(tag, 16))
    return f"{keyword} ({tag})" if keyword else f"The attribute {tag}"


def _fits(value: Any, vr: str) -> bool:
    if value is None:
        return True
    if vr == "PN":
        is_name = isinstance(value, dict) and value.keys() <= _GROUPS
        return is_name and all(map(_is_text, value.values()))
    if vr not in NUMBERS:
        return _is_text(value)
    if vr in NUMBERS_AS_TEXT and isinstance(value, str):
        return _is_number_in_text(value)
    return type(value) in (int, float) and math.isfinite(value)


def _is_text(value: Any) -> bool:
    """That every database keeps: no zero, no half of a character."""
    try:
        return isinstance(value, str) and b"\0" not in value.encode()
    except UnicodeEncodeError:
        return False


def _is_number_in_text(value: str) -> bool:
    try:
        return not value.strip() or math.isfinite(float(value))
    except ValueError:
        return False
