"""What the service says that it can do, and that it is so."""

from __future__ import annotations

from xml.etree import ElementTree as Xml

import pytest
from django.test import Client
from django.urls import get_resolver

from tests.webapp.api.routes import walk
from tests.webapp.dicomweb.wado import client_of
from tests.webapp.factories import make_user
from webapp.dicomweb.capabilities import NAMESPACE, RESOURCES, path_of

WADL = "application/vnd.sun.wadl+xml"


@pytest.fixture
def client(db: None) -> Client:
    return client_of(make_user("alice"))


def ids(reply: object) -> set[str]:
    root = Xml.fromstring(reply.content)  # type: ignore[attr-defined]
    return {node.attrib["id"] for node in root.iter(f"{{{NAMESPACE}}}method")}


def test_the_root_describes_all(client: Client) -> None:
    reply = client.options("/dicom-web/")
    assert reply.headers["Content-Type"] == WADL
    wanted = {"StoreInstances", "SearchForStudies", "RetrieveFrames"}
    assert wanted <= ids(reply)


def test_a_resource_describes_itself_and_what_is_below(client: Client) -> None:
    reply = client.options("/dicom-web/studies/1.2/series/1.3/metadata")
    assert ids(reply) == {"RetrieveSeriesMetadata"}
    assert reply.headers["Allow"] == "GET, HEAD, OPTIONS"


def test_it_can_be_had_as_json(client: Client) -> None:
    reply = client.options("/dicom-web/", headers={"Accept": "application/json"})
    assert reply.json()["base"] == "http://testserver/dicom-web"
    assert len(reply.json()["resources"]) == len(RESOURCES)
    wrong = client.options("/dicom-web/", headers={"Accept": "image/png"})
    assert wrong.status_code == 406


def test_every_resource_is_described(client: Client) -> None:
    """The same paths are routed and listed."""
    routes = [
        str(pattern.pattern)
        for address, pattern in walk(get_resolver(), "/")
        if address.startswith("/dicom-web/")
    ]
    assert {path_of(f"dicom-web/{route}") for route in routes if route} == set(
        RESOURCES
    )


@pytest.mark.parametrize("method", ["put", "patch", "trace"])
def test_another_method_is_405_and_says_which(client: Client, method: str) -> None:
    reply = getattr(client, method)("/dicom-web/studies")
    assert reply.status_code == 405
    assert reply.headers["Allow"] == "GET, HEAD, OPTIONS, POST"
