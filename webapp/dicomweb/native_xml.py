"""DICOM's JSON model as the Native DICOM Model in XML (PS3.19 annex A.1)."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as Xml

from pydicom.datadict import keyword_for_tag

from webapp.dicomweb.attributes import Json

_GROUPS = ("Alphabetic", "Ideographic", "Phonetic")
_PARTS = ("FamilyName", "GivenName", "MiddleName", "NamePrefix", "NameSuffix")


def to_xml(dataset: Json) -> bytes:
    """One data set as a document."""
    root = Xml.Element("NativeDicomModel", {"xml:space": "preserve"})
    _fill(root, dataset)
    text: bytes = Xml.tostring(root, "utf-8", xml_declaration=True)
    return text


def _fill(parent: Xml.Element, dataset: Json) -> None:
    for tag, element in dataset.items():
        stated = {"tag": tag, "vr": element["vr"]}
        if keyword := keyword_for_tag(int(tag, 16)):
            stated["keyword"] = keyword
        _attribute(Xml.SubElement(parent, "DicomAttribute", stated), element)


def _attribute(node: Xml.Element, element: Json) -> None:
    if "BulkDataURI" in element:
        Xml.SubElement(node, "BulkData", {"uri": element["BulkDataURI"]})
    if "InlineBinary" in element:
        Xml.SubElement(node, "InlineBinary").text = element["InlineBinary"]
    for number, value in enumerate(element.get("Value", ()), 1):
        _value(node, element["vr"], {"number": str(number)}, value)


def _value(node: Xml.Element, vr: str, place: dict[str, str], value: Any) -> None:
    if vr == "SQ":
        _fill(Xml.SubElement(node, "Item", place), value or {})
    elif vr == "PN":
        _person(Xml.SubElement(node, "PersonName", place), value or {})
    elif value is not None:
        Xml.SubElement(node, "Value", place).text = _plain(str(value))


def _person(node: Xml.Element, value: Json) -> None:
    for group in _GROUPS:
        if group not in value:
            continue
        inner = Xml.SubElement(node, group)
        for part, text in zip(_PARTS, value[group].split("^"), strict=False):
            if text:
                Xml.SubElement(inner, part).text = _plain(text)


def _plain(text: str) -> str:
    """XML 1.0 cannot carry control characters, not even escaped."""
    return "".join(c for c in text if c >= " " or c in "\t\n\r")
