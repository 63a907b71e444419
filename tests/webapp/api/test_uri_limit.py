"""Addresses beyond 8 KiB are 414, on every part of the site."""

from __future__ import annotations

import json
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator

from webapp.api.uri_limit import MOST_BYTES, UriLimit
from webapp.asgi import application

Heads = dict[bytes, bytes]


async def nobody(scope: Any, receive: Any, send: Any) -> None:
    """Answers 204 to everything."""
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def ask(site: Any, path: str, query: bytes) -> tuple[int, bytes, Heads]:
    async def run() -> tuple[int, bytes, Heads]:
        scope: Any = {"type": "http", "method": "GET", "path": path, "root_path": ""}
        scope |= {"raw_path": path.encode(), "query_string": query, "scheme": "http"}
        scope["headers"] = [(b"host", b"localhost")]
        talk: Any = ApplicationCommunicator(site, scope)  # type: ignore[no-untyped-call]
        await talk.send_input({"type": "http.request", "body": b""})
        start = await talk.receive_output(20)
        body = await talk.receive_output(20)
        return start["status"], body["body"], dict(start["headers"])

    return async_to_sync(run)()


def test_at_the_limit_it_passes() -> None:
    assert ask(UriLimit(nobody), "/a", b"b" * (MOST_BYTES - 2))[0] == 204
    assert ask(UriLimit(nobody), "/a", b"b" * (MOST_BYTES - 1))[0] == 414


@pytest.mark.parametrize(
    "path", ["/api/v1/jobs", "/dicom-web/studies", "/fhir/Observation", "/tiles/x", "/"]
)
def test_the_site_answers_a_problem(path: str) -> None:
    status, body, heads = ask(application, path, b"a" * MOST_BYTES)
    assert status == 414
    assert heads[b"content-type"] == b"application/problem+json"
    told = json.loads(body)
    assert told["code"] == "URI_TOO_LONG"
    assert told["request_id"] == heads[b"x-request-id"].decode()


def test_a_long_path_counts_too() -> None:
    assert ask(application, "/" + "a" * MOST_BYTES, b"")[0] == 414
