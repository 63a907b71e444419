"""The OpenAPI schema is whole, stable and says how things fail."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains

from tests.webapp.api.routes import PLACE, rest_routes


@pytest.fixture
def schema(as_alice: Client) -> dict[str, Any]:
    body: dict[str, Any] = as_alice.get(reverse("api:schema")).json()
    return body


def test_it_is_openapi_3_1(schema: dict[str, Any]) -> None:
    assert schema["openapi"].startswith("3.1")
    assert "Research use only." in schema["info"]["description"]


def test_it_is_where_programs_look_for_it(as_alice: Client) -> None:
    answer = as_alice.get("/api/v1/openapi.json")
    assert answer.json() == as_alice.get(reverse("api:schema")).json()


def test_it_is_valid_and_leaves_nothing_to_guess() -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=StringIO())


def test_each_operation_has_a_name_of_its_own(schema: dict[str, Any]) -> None:
    names = [o["operationId"] for p in schema["paths"].values() for o in p.values()]
    assert len(set(names)) == len(names)
    expected = {"health", "me_read", "me_update", "models_list"}
    assert expected | {"tokens_list", "token_create", "token_revoke"} <= set(names)


def test_each_operation_may_answer_a_problem(schema: dict[str, Any]) -> None:
    for path in schema["paths"].values():
        for operation in path.values():
            assert (
                "application/problem+json"
                in operation["responses"]["default"]["content"]
            )


def test_it_knows_both_ways_to_sign_in(schema: dict[str, Any]) -> None:
    assert set(schema["components"]["securitySchemes"]) == {"cookieAuth", "token"}


def test_no_route_is_missing(schema: dict[str, Any]) -> None:
    known = len(schema["paths"])
    pages = {"openapi", "schema", "docs"}
    routes = {a for a, name in rest_routes().items() if name not in pages}
    assert len(routes) == known, (routes, list(schema["paths"]))
    assert PLACE.search("".join(routes)) is None


def test_its_page_brings_everything_along(as_alice: Client) -> None:
    answer = as_alice.get(reverse("api:docs"))
    assertContains(answer, reverse("api:schema"))
    assert "//" not in answer.content.decode().replace("<!doctype", "")
