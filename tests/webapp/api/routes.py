"""Every route of the URLconf, with made-up values for what stands in it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

MADE_UP = {
    "uuid": str(uuid.UUID(int=7)),
    "int": "7",
    "number": "7",
    "str": "something",
    "slug": "something",
    "path": "something",
}
PLACE = re.compile(r"<(?:(?P<kind>\w+):)?\w+>")
NAMED_GROUP = re.compile(r"\(\?P<\w+>[^)]*\)")


def fill(route: str) -> str:
    """An address that the route takes."""
    filled = PLACE.sub(lambda place: MADE_UP[place["kind"] or "str"], route)
    return NAMED_GROUP.sub("something", filled).replace("^", "").replace("$", "")


def walk(resolver: URLResolver, start: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Address and pattern of every route below."""
    for entry in resolver.url_patterns:
        address = start + fill(str(entry.pattern))
        if isinstance(entry, URLResolver):
            yield from walk(entry, address)
        else:
            yield address, entry


def rest_routes() -> dict[str, str]:
    """Address by name of every REST route."""
    found = {a: p.name or a for a, p in walk(get_resolver(), "/")}
    return {a: name for a, name in found.items() if a.startswith("/api/v1/")}


def page_routes() -> dict[str, str]:
    """Address by name of every page outside the services and the administration."""
    found = {a: p.name or a for a, p in walk(get_resolver(), "/")}
    services = ("/api/", "/dicom-web/", "/fhir/", "/oauth/", "/.well-known/")
    others = ("/admin/", *services)
    return {a: name for a, name in found.items() if not a.startswith(others)}


def dicomweb_routes() -> list[str]:
    """Every resource of DICOMweb."""
    addresses = (a for a, _ in walk(get_resolver(), "/"))
    return [a for a in addresses if a.startswith("/dicom-web/s")]


def fhir_routes() -> list[str]:
    """Every resource of FHIR, and addresses where there is none."""
    addresses = (a for a, _ in walk(get_resolver(), "/"))
    return [a for a in addresses if a.startswith("/fhir/")]
