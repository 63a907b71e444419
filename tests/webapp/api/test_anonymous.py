"""Whoever has not signed in learns nothing, on any route."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from tests.webapp.api.routes import fhir_routes, page_routes, rest_routes

OPEN_ROUTES = {"health"}
PAGES = {"docs"}
OPEN_PAGES = {"login", "about"}
METHODS = ("get", "post", "put", "patch", "delete", "head", "options")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [a for a, name in rest_routes().items() if name not in OPEN_ROUTES | PAGES],
)
def test_a_rest_route_is_closed(client: Client, address: str) -> None:
    for method in METHODS:
        answer = getattr(client, method)(address)
        assert answer.status_code in {401, 404}, (method, answer.status_code)


@pytest.mark.django_db
@pytest.mark.parametrize("address", page_routes())
def test_a_page_leads_to_the_door(client: Client, address: str) -> None:
    answer = client.get(address)
    name = page_routes()[address]
    if name == "logout":
        assert answer.status_code == 405
    elif name in OPEN_PAGES:
        assert answer.status_code == 200
    else:
        assert answer.status_code == 302
        assert settings.LOGIN_URL in answer.headers["Location"]


@pytest.mark.django_db
@pytest.mark.parametrize("address", fhir_routes())
def test_fhir_describes_itself_alone_to_strangers(client: Client, address: str) -> None:
    expected = 200 if address == "/fhir/metadata" else 401
    assert client.get(address).status_code == expected


def test_the_rest_page_leads_to_the_door(client: Client) -> None:
    assert client.get("/api/v1/docs").status_code == 302


def test_the_walk_finds_the_routes() -> None:
    assert {"me", "tokens", "token", "models", "health"} <= set(rest_routes().values())
    assert {"worklist", "workspace"} <= set(page_routes().values())


def test_no_rest_route_ends_in_a_slash() -> None:
    assert [a for a in rest_routes() if a.endswith("/") and "tus" not in a] == []
