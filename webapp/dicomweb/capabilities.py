"""What the service can do, told to machines (PS3.18 section 8.9 and annex H).

One table says which resource takes which method: the description is written from it,
and so is the `Allow` of a refusal.
"""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple
from xml.etree import ElementTree as Xml

from webapp.dicomweb.answers import Refused
from webapp.dicomweb.media import MediaType
from webapp.dicomweb.retrieve.syntaxes import IMAGES, MEDIA, PDF, RAW, TEXTS

WADL = "application/vnd.sun.wadl+xml"
JSON = "application/json"
NAMESPACE = "http://wadl.dev.java.net/2009/02"
_DATASETS = (
    "application/dicom+json",
    'multipart/related; type="application/dicom+xml"',
)
_OBJECTS = ('multipart/related; type="application/dicom"', "application/dicom")
_FRAMES = tuple(
    f'multipart/related; type="{kind}"' for kind in (*sorted({*MEDIA.values()}), RAW)
)
_BULK = (RAW, f'multipart/related; type="{RAW}"')
_STORED = ("application/dicom+json", "application/dicom+xml")
_SEARCHING = ("limit", "offset", "includefield", "fuzzymatching")
_RENDERING = ("quality", "viewport", "window", "annotation", "iccprofile")
_LEVELS = {
    "Study": "studies/{study}",
    "Series": "studies/{study}/series/{series}",
    "Instance": "studies/{study}/series/{series}/instances/{instance}",
}


class Method(NamedTuple):
    """One method of one resource."""

    name: str
    id: str
    kinds: tuple[str, ...]
    """Media types of the answer; the first one is the default."""
    parameters: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    """Media types of the body."""


def _searches() -> dict[str, list[Method]]:
    study, series = _LEVELS["Study"], _LEVELS["Series"]
    places = {
        "studies": "SearchForStudies",
        "series": "SearchForSeries",
        "instances": "SearchForInstances",
        f"{study}/series": "SearchForStudySeries",
        f"{study}/instances": "SearchForStudyInstances",
        f"{series}/instances": "SearchForStudySeriesInstances",
    }
    return {
        path: [Method("GET", name, _DATASETS, _SEARCHING)]
        for path, name in places.items()
    }


def _level(name: str, path: str) -> dict[str, list[Method]]:
    rendered = (*IMAGES, *TEXTS, PDF)
    return {
        path: [
            Method("GET", f"Retrieve{name}", _OBJECTS),
            Method("DELETE", f"Delete{name}", ()),
        ],
        f"{path}/metadata": [Method("GET", f"Retrieve{name}Metadata", _DATASETS)],
        f"{path}/rendered": [
            Method("GET", f"RetrieveRendered{name}", rendered, _RENDERING)
        ],
        f"{path}/thumbnail": [
            Method("GET", f"Retrieve{name}Thumbnail", IMAGES[:1], ("viewport",))
        ],
        f"{path}/bulkdata": [Method("GET", f"Retrieve{name}Bulkdata", _BULK[1:])],
        f"{path}/pixeldata": [Method("GET", f"Retrieve{name}PixelData", _FRAMES)],
    }


def _table() -> dict[str, list[Method]]:
    takes = (
        'multipart/related; type="application/dicom"',
        'multipart/related; type="application/dicom+json"',
        'multipart/related; type="application/dicom+xml"',
        "application/dicom",
    )
    table = _searches()
    for name, path in _LEVELS.items():
        table |= _level(name, path)
    instance = _LEVELS["Instance"]
    frames = f"{instance}/frames/{{frames}}"
    table |= {
        frames: [Method("GET", "RetrieveFrames", _FRAMES)],
        f"{frames}/rendered": [
            Method("GET", "RetrieveRenderedFrames", IMAGES, _RENDERING)
        ],
        f"{frames}/thumbnail": [
            Method("GET", "RetrieveFrameThumbnail", IMAGES[:1], ("viewport",))
        ],
        f"{instance}/bulkdata/{{name}}": [Method("GET", "RetrieveBulkdata", _BULK)],
    }
    for path, name in (
        ("studies", "StoreInstances"),
        (_LEVELS["Study"], "StoreStudyInstances"),
    ):
        table[path].append(Method("POST", name, _STORED, takes=takes))
    return table


def _worklist() -> dict[str, list[Method]]:
    """PS3.18 section 11."""
    item, takes = "workitems/{workitem}", (_STORED[0], _STORED[1])
    subscription = f"{item}/subscribers/{{aetitle}}"
    return {
        "workitems": [
            Method("GET", "SearchForUPS", _DATASETS, _SEARCHING),
            Method("POST", "CreateUPS", (), ("workitem",), takes),
        ],
        item: [
            Method("GET", "RetrieveUPS", _DATASETS),
            Method("POST", "UpdateUPS", (), ("transaction-uid",), takes),
        ],
        f"{item}/state": [Method("PUT", "ChangeUPSState", (), (), takes)],
        f"{item}/cancelrequest": [
            Method("POST", "RequestUPSCancellation", (), (), takes)
        ],
        subscription: [
            Method("POST", "CreateSubscription", (), ("deletionlock",)),
            Method("DELETE", "DeleteSubscription", ()),
        ],
        f"{subscription}/suspend": [
            Method("POST", "SuspendGlobalSubscription", ()),
        ],
    }


RESOURCES = _table() | _worklist()
"""Methods by path below the service's address."""


def path_of(route: str) -> str:
    """The key of a route of the URLconf, such as "studies/{study}"."""
    inside = route.partition("dicom-web/")[2]
    named = re.sub(r"<str:(\w+)>", r"{\1}", inside)
    return named.replace("{numbers}", "{frames}")


def allowed(path: str) -> str:
    """The methods of a resource, as the Allow header lists them."""
    names = {method.name for method in RESOURCES.get(path, ())}
    if "GET" in names or not path:
        names |= {"OPTIONS"}
    if "GET" in names:
        names |= {"HEAD"}
    return ", ".join(sorted(names))


def describe(base: str, path: str, accept: tuple[MediaType, ...]) -> tuple[str, bytes]:
    """Media type and body of the description of a resource and all below it.

    Raises:
        Refused: 406.
    """
    below = {
        place: methods
        for place, methods in RESOURCES.items()
        if not path or place == path or place.startswith(f"{path}/")
    }
    for wish in accept:
        if wish.name in (WADL, "application/xml", "application/*", "*/*"):
            return WADL, _wadl(base, below)
        if wish.name in (JSON, "application/dicom+json"):
            return JSON, json.dumps(_as_json(base, below)).encode()
    raise Refused(406, f"The description can be had as {WADL} or {JSON}.")


def _as_json(base: str, resources: dict[str, list[Method]]) -> dict[str, Any]:
    return {
        "base": base,
        "resources": [
            {"path": path, "methods": [method._asdict() for method in methods]}
            for path, methods in resources.items()
        ],
    }


def _wadl(base: str, resources: dict[str, list[Method]]) -> bytes:
    root = Xml.Element("application", {"xmlns": NAMESPACE})
    inside = Xml.SubElement(root, "resources", {"base": base})
    for path, methods in resources.items():
        node = Xml.SubElement(inside, "resource", {"path": path})
        for name in re.findall(r"\{(\w+)\}", path):
            Xml.SubElement(node, "param", {"name": name, "style": "template"})
        for method in methods:
            _add_method(node, method)
    text: bytes = Xml.tostring(root, "utf-8", xml_declaration=True)
    return text


def _add_method(node: Xml.Element, method: Method) -> None:
    inner = Xml.SubElement(node, "method", {"name": method.name, "id": method.id})
    request = Xml.SubElement(inner, "request")
    for name in method.parameters:
        Xml.SubElement(request, "param", {"name": name, "style": "query"})
    for kind in method.takes:
        Xml.SubElement(request, "representation", {"mediaType": kind})
    response = Xml.SubElement(
        inner, "response", {"status": "200" if method.kinds else "204"}
    )
    for kind in method.kinds:
        Xml.SubElement(response, "representation", {"mediaType": kind})
