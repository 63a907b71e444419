"""Objects that are read rather than looked at: reports as text, encapsulated PDF.

A report is laid out from the JSON that the sandbox made of it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from html import escape
from typing import Any

from pydicom import uid

from webapp.dicomweb.answers import Refused
from webapp.dicomweb.attributes import Json, tag_of, text
from webapp.dicomweb.models import Instance
from webapp.dicomweb.retrieve.syntaxes import IMAGES, PDF, TEXTS

REPORTS = {
    str(each)
    for each in (
        uid.BasicTextSRStorage,
        uid.EnhancedSRStorage,
        uid.ComprehensiveSRStorage,
        uid.Comprehensive3DSRStorage,
        uid.KeyObjectSelectionDocumentStorage,
    )
}
DEEPEST = 64
_VALUES = (
    "TextValue",
    "ConceptCodeSequence",
    "MeasuredValueSequence",
    "PersonName",
    "Date",
    "Time",
    "DateTime",
    "UID",
    "ReferencedSOPSequence",
)
_CONTENT, _NAME = tag_of("ContentSequence"), tag_of("ConceptNameCodeSequence")
Line = tuple[int, str, str]


def forms_of(instance: Instance) -> tuple[str, ...]:
    """The media types in which it can be rendered, the default first."""
    if instance.sop_class in REPORTS:
        return TEXTS
    if instance.sop_class == uid.EncapsulatedPDFStorage:
        return (PDF,)
    return IMAGES if instance.frame_count else ()


def document_of(instance: Instance, kind: str) -> bytes:
    """The report or document in one of its forms.

    Raises:
        Refused: 406, it holds none.
    """
    metadata = json.loads((instance.folder / "metadata.json").read_bytes())
    if kind == PDF:
        return _encapsulated(instance, metadata)
    lines = list(_lines(metadata, 0))
    return (_html(lines) if kind == "text/html" else _plain(lines)).encode()


def _encapsulated(instance: Instance, metadata: Json) -> bytes:
    element = metadata.get(tag_of("EncapsulatedDocument"), {})
    if "InlineBinary" in element:
        return base64.b64decode(str(element["InlineBinary"]))
    name: str = element.get("BulkDataURI", "").removeprefix("bulk:")
    if not name:
        raise Refused(406, "The object holds no document.")
    data: bytes = (instance.folder / "bulk" / name).read_bytes()
    return data


def _lines(item: Json, depth: int) -> Iterator[Line]:
    """Depth, name and value of each content item (PS3.3 section C.17.3)."""
    if depth > DEEPEST:
        return
    name = _meaning(item.get(_NAME))
    value = next((v for v in (_value(item, key) for key in _VALUES) if v), "")
    if name or value:
        yield depth, name, value
    for inner in item.get(_CONTENT, {}).get("Value") or ():
        yield from _lines(inner or {}, depth + 1)


def _value(item: Json, keyword: str) -> str:
    element = item.get(tag_of(keyword))
    if not element:
        return ""
    if keyword == "ConceptCodeSequence":
        return _meaning(element)
    first = (element.get("Value") or [None])[0]
    if keyword == "MeasuredValueSequence":
        unit = _meaning((first or {}).get(tag_of("MeasurementUnitsCodeSequence")))
        return f"{text(first or {}, 'NumericValue')} {unit}".strip()
    if keyword == "ReferencedSOPSequence":
        return text(first or {}, "ReferencedSOPInstanceUID")
    return text(item, keyword, 65_536)


def _meaning(element: Any) -> str:
    items = (element or {}).get("Value") or [{}]
    return text(items[0] or {}, "CodeMeaning")


def _plain(lines: list[Line]) -> str:
    return "".join(
        f"{'  ' * depth}{': '.join(part for part in (name, value) if part)}\n"
        for depth, name, value in lines
    )


def _html(lines: list[Line]) -> str:
    rows = "".join(
        f'<p style="margin-left:{depth}em"><b>{escape(name)}</b> {escape(value)}</p>\n'
        for depth, name, value in lines
    )
    title = escape(lines[0][1] if lines else "Report")
    head = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
    )
    return f"{head}\n{rows}</html>\n"
