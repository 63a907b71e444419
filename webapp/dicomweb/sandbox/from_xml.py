"""The Native DICOM Model (PS3.19 annex A.1) as DICOM's JSON model (PS3.18 annex F)."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as Xml
from xml.parsers import expat

from webapp.dicomweb.sandbox.refusal import NOT_UNDERSTOOD, Refusal

Json = dict[str, Any]
DEEPEST = 256
_WHOLE = {"IS", "SL", "SS", "SV", "UL", "US", "UV"}
_REAL = {"DS", "FD", "FL"}
_GROUPS = ("Alphabetic", "Ideographic", "Phonetic")
_PARTS = ("FamilyName", "GivenName", "MiddleName", "NamePrefix", "NameSuffix")


def from_xml(data: bytes) -> Json:
    """One document as a data set.

    Raises:
        Refusal: it has a document type, and with it perhaps entities, or is too deep.
        ExpatError, ParseError: it is not XML.
    """
    _refuse_tricks(data)
    root = Xml.fromstring(data)  # noqa: S314 -- without a document type, in the sandbox
    return _dataset(root)


def _refuse_tricks(data: bytes) -> None:
    parser, depth = expat.ParserCreate(), 0

    def refuse(*_: object) -> None:
        raise Refusal(NOT_UNDERSTOOD, "A document type is not allowed.")

    def begin(*_: object) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise Refusal(NOT_UNDERSTOOD, "It is nested too deeply.")

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler, parser.EndElementHandler = begin, end
    parser.Parse(data, True)


def _dataset(node: Xml.Element) -> Json:
    return {
        child.attrib["tag"].upper(): _element(child)
        for child in node
        if _name(child) == "DicomAttribute"
    }


def _name(node: Xml.Element) -> str:
    return node.tag.rpartition("}")[2]


def _element(node: Xml.Element) -> Json:
    vr = node.attrib["vr"]
    found: Json = {"vr": vr}
    values = []
    for child in sorted(node, key=lambda each: int(each.get("number", "1"))):
        name = _name(child)
        if name == "BulkData":
            found["BulkDataURI"] = child.get("uri") or child.get("uuid", "")
        elif name == "InlineBinary":
            found["InlineBinary"] = (child.text or "").strip()
        elif name == "Item":
            values.append(_dataset(child))
        elif name == "PersonName":
            values.append(_person(child))
        elif name == "Value":
            values.append(_value(vr, child.text or ""))
    return found | ({"Value": values} if values else {})


def _value(vr: str, text: str) -> Any:
    if vr in _WHOLE:
        return int(text)
    return float(text) if vr in _REAL else text


def _person(node: Xml.Element) -> Json:
    found = {}
    for group in node:
        parts = {_name(part): part.text or "" for part in group}
        if _name(group) in _GROUPS:
            text = "^".join(parts.get(name, "") for name in _PARTS)
            found[_name(group)] = text.rstrip("^")
    return found
