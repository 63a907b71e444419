"""One data set of a request's body, checked; knows nothing of procedure steps."""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import ExpatError

from webapp.dicomweb.answers import Refused
from webapp.dicomweb.attributes import Json, tag_of
from webapp.dicomweb.media import parse_media
from webapp.dicomweb.sandbox.from_xml import from_xml
from webapp.dicomweb.sandbox.refusal import Refusal
from webapp.worklist.representation import VRS, check_representation

JSON_TYPES = ("application/dicom+json", "application/json")
XML_TYPES = ("application/dicom+xml", "application/xml")
MOST_BYTES = 2**20
DEEPEST = 12
_TAG = re.compile(r"[0-9A-F]{8}")
_BROKEN = (
    ValueError,
    OverflowError,
    LookupError,
    ParseError,
    ExpatError,
    Refusal,
    RecursionError,
)


def read_dataset(body: bytes, kind: str) -> Json:
    """The data set of a body of this media type, in DICOM's JSON model.

    Raises:
        Refused: 400, 413 or 415.
    """
    if len(body) > MOST_BYTES:
        raise Refused(413, f"A workitem may have {MOST_BYTES} bytes at most.")
    name = parse_media(kind).name
    if name not in (*JSON_TYPES, *XML_TYPES):
        accepted = {"Accept": ", ".join((*JSON_TYPES[:1], *XML_TYPES[:1]))}
        raise Refused(
            415, "Send a data set as application/dicom+json or +xml.", accepted
        )
    try:
        found = from_xml(body) if name in XML_TYPES else json.loads(body)
        if isinstance(found, list) and len(found) == 1:
            found = found[0]
        return _checked(found)
    except _BROKEN:
        raise Refused(400, "The body is no data set in DICOM's JSON or XML.") from None


def _checked(dataset: Any, depth: int = 0) -> Json:
    if not isinstance(dataset, dict) or depth > DEEPEST:
        raise ValueError
    found = {}
    for tag, element in dataset.items():
        name = tag.upper()
        if not _TAG.fullmatch(name) or not isinstance(element, dict):
            raise ValueError
        found[name] = _element(name, element, depth)
    return dict(sorted(found.items()))


def _element(tag: str, element: Json, depth: int) -> Json:
    vr, values = str(element.get("vr")), element.get("Value", [])
    if vr not in VRS or not element.keys() <= {"vr", "Value"}:
        raise ValueError
    if not isinstance(values, list):
        raise ValueError
    check_representation(tag, vr, values)
    if vr == "SQ":
        values = [_checked(item or {}, depth + 1) for item in values]
    return {"vr": vr, "Value": values} if values else {"vr": vr}


def items(dataset: Json, keyword: str) -> list[Json]:
    """The items of a sequence; none if it is not there."""
    element = dataset.get(tag_of(keyword), {})
    return list(element.get("Value", ())) if element.get("vr") == "SQ" else []


def first_item(dataset: Json, keyword: str) -> Json:
    return next(iter(items(dataset, keyword)), {})


def element(vr: str, *values: Any) -> Json:
    return {"vr": vr, "Value": list(values)} if values else {"vr": vr}


def code_item(value: str, scheme: str, meaning: str) -> Json:
    """An item of a code sequence (PS3.3 section 8)."""
    return {
        tag_of("CodeValue"): element("SH", value),
        tag_of("CodingSchemeDesignator"): element("SH", scheme),
        tag_of("CodeMeaning"): element("LO", meaning),
    }
