"""Each request has one name, which its caller may choose."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest
from django.test import Client

from webapp.api.request_id import NamedRequests, RequestIdFilter, current_id

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def name(client: Client, **headers: str) -> str:
    return str(client.get("/api/v1/me", headers=headers)["X-Request-ID"])


@pytest.mark.django_db
def test_the_callers_name_is_echoed(client: Client) -> None:
    assert name(client, **{"X-Request-ID": "pacs-7"}) == "pacs-7"


@pytest.mark.django_db
def test_a_trace_is_a_name(client: Client) -> None:
    assert name(client, traceparent=TRACE) == "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", ["", "a b", "x" * 129, "<script>"])
def test_another_is_drawn(client: Client, wrong: str) -> None:
    first, second = (name(client, **{"X-Request-ID": wrong}) for _ in range(2))
    assert first != second
    assert len(first) == 32


@pytest.mark.django_db
def test_a_problem_names_its_request(client: Client) -> None:
    answer = client.get("/api/v1/me", headers={"X-Request-ID": "pacs-7"})
    assert answer.json()["request_id"] == "pacs-7"


def asked(headers: list[tuple[bytes, bytes]]) -> tuple[str, dict[bytes, bytes]]:
    """What an application saw as its name, and the headers of its answer."""
    seen: list[str] = []
    told: list[dict[str, Any]] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        record = logging.LogRecord("a", 20, "", 0, "", (), None)
        RequestIdFilter().filter(record)
        seen.append(record.request_id)  # type: ignore[attr-defined]
        await send({"type": "http.response.start", "status": 200})

    async def send(message: dict[str, Any]) -> None:
        told.append(message)

    scope = {"type": "http", "headers": headers}
    asyncio.run(NamedRequests(application)(scope, None, send))  # type: ignore[arg-type]
    return seen[0], dict(told[0]["headers"])


def test_every_application_has_it_in_its_log() -> None:
    seen, headers = asked([(b"x-request-id", b"tile-7")])
    assert seen == "tile-7"
    assert headers[b"x-request-id"] == b"tile-7"
    assert current_id() == ""


def test_a_line_outside_of_a_request_has_none() -> None:
    record = logging.LogRecord("a", 20, "", 0, "", (), None)
    RequestIdFilter().filter(record)
    assert record.request_id == "-"  # type: ignore[attr-defined]
