"""Every route of the URLconf, with made-up values for what stands in it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator

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
METHODS = ("get", "post", "put", "patch", "delete")
NAMED_GROUP = re.compile(r"\(\?P<\w+>[^)]*\)")


def fill(route: str) -> str:
    """An address that the route takes."""
    filled = PLACE.sub(lambda place: MADE_UP[place["kind"] or "str"], route)
    return NAMED_GROUP.sub("something", filled).replace("^", "").replace("$", "")


def leave_open(route: str) -> str:
    """The route with braces where an id stands."""
    return PLACE.sub("{}", route)


def walk(
    resolver: URLResolver, start: str = "", told: Callable[[str], str] = fill
) -> Iterator[tuple[str, URLPattern]]:
    """Address and pattern of every route below."""
    for entry in resolver.url_patterns:
        address = start + told(str(entry.pattern))
        if isinstance(entry, URLResolver):
            yield from walk(entry, address, told)
        else:
            yield address, entry


def rest_routes() -> dict[str, str]:
    """Address by name of every REST route."""
    found = {a: p.name or a for a, p in walk(get_resolver(), "/")}
    return {a: name for a, name in found.items() if a.startswith("/api/v1/")}


def rest_operations() -> set[tuple[str, str]]:
    """Method and path of every REST operation, its ids left open: "jobs/{}"."""
    found = walk(get_resolver(), "/", leave_open)
    rest = {a.removeprefix("/api/v1/"): p for a, p in found if a.startswith("/api/v1/")}
    return {(method, path) for path, p in rest.items() for method in methods_of(p)}


def methods_of(entry: URLPattern) -> list[str]:
    """What the view answers; a plain function answers GET."""
    view = getattr(entry.callback, "cls", None)
    names = getattr(view, "http_method_names", ())
    offered = [name for name in names if name in METHODS and hasattr(view, name)]
    return [name.upper() for name in offered] if view else ["GET"]


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
