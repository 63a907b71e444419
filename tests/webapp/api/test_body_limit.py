"""A body beyond the limit is refused before Django writes it anywhere."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from django.conf import settings

from webapp.api.body_limit import BodyLimit
from webapp.asgi import application

MOST = 1000
Send = Callable[[dict[str, Any]], Awaitable[None]]


async def reader(scope: Any, receive: Any, send: Send) -> None:
    """Reads the whole body, and answers with its length."""
    length, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        length += len(message["body"])
        more = message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(length).encode()})


def exchange(
    site: Any, pieces: list[bytes], path: str = "/login/", announced: int | None = None
) -> tuple[int, bytes, dict[bytes, bytes]]:
    """Send these pieces; chunked, unless a length is announced."""

    async def run() -> tuple[int, bytes, dict[bytes, bytes]]:
        fields = [(b"host", b"localhost"), (b"content-type", b"application/json")]
        if announced is not None:
            fields.append((b"content-length", str(announced).encode()))
        scope: Any = {"type": "http", "method": "POST", "path": path}
        scope |= {"headers": fields, "root_path": "", "scheme": "http"}
        scope["query_string"] = b""
        talk: Any = ApplicationCommunicator(site, scope)  # type: ignore[no-untyped-call]
        for number, piece in enumerate(pieces, 1):
            more = number < len(pieces)
            message = {"type": "http.request", "body": piece, "more_body": more}
            await talk.send_input(message)
        start = await talk.receive_output(20)
        body = await talk.receive_output(20)
        await talk.wait(20)
        return start["status"], body["body"], dict(start["headers"])

    return async_to_sync(run)()


def test_a_body_at_the_limit_passes() -> None:
    site = BodyLimit(reader, MOST)
    assert exchange(site, [b"x" * MOST], announced=MOST)[:2] == (200, b"1000")
    assert exchange(site, [b"x" * 400, b"x" * 600])[:2] == (200, b"1000")


@pytest.mark.parametrize(
    ("pieces", "announced"),
    [
        ([], MOST + 1),
        ([b"x" * (MOST + 1)], None),
        ([b"x" * 600, b"x" * 401], None),
        ([b"x" * 600, b"x" * 401], 5),
    ],
    ids=["announced", "one chunk", "many chunks", "understated"],
)
def test_a_longer_one_is_refused(pieces: list[bytes], announced: int | None) -> None:
    status, body, headers = exchange(BodyLimit(reader, MOST), pieces, "/", announced)
    problem = json.loads(body)
    assert (status, problem["status"], problem["code"]) == (
        413,
        413,
        "REQUEST_TOO_LARGE",
    )
    assert headers[b"content-type"] == b"application/problem+json"
    assert headers[b"connection"] == b"close"


def test_a_length_that_is_no_number_is_counted_instead() -> None:
    async def run() -> int:
        fields = [(b"content-length", b"-9")]
        scope = {"type": "http", "path": "/", "headers": fields}
        talk: Any = ApplicationCommunicator(BodyLimit(reader, MOST), scope)  # type: ignore[no-untyped-call]
        await talk.send_input({"type": "http.request", "body": b"x" * 1001})
        status = (await talk.receive_output(20))["status"]
        await talk.wait(20)
        return int(status)

    assert async_to_sync(run)() == 413


def test_an_answer_that_has_begun_is_not_followed_by_another() -> None:
    async def answers_first(scope: Any, receive: Any, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"early"})
        assert (await receive())["type"] == "http.disconnect"

    site = BodyLimit(answers_first, MOST)
    assert exchange(site, [b"x" * 1001])[:2] == (200, b"early")


def test_the_site_counts_what_comes_in_chunks() -> None:
    chunk = b"x" * (settings.REQUEST_MAX_BYTES // 4 + 1)
    status, body, _ = exchange(application, [chunk] * 8)
    assert (status, json.loads(body)["code"]) == (413, "REQUEST_TOO_LARGE")


@pytest.mark.parametrize(
    "path", ["/login/", "/api/v1/questions", "/admin/", "/dicom-web/x", "/nowhere"]
)
def test_the_site_takes_no_long_bodies(path: str) -> None:
    beyond = settings.REQUEST_MAX_BYTES + 1
    status, body, _ = exchange(application, [], path, announced=beyond)
    assert (status, json.loads(body)["code"]) == (413, "REQUEST_TOO_LARGE")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/api/v1/uploads", "/api/v1/uploads/tus", "/dicom-web/studies"]
)
def test_files_may_be_longer(path: str) -> None:
    beyond = settings.REQUEST_MAX_BYTES + 1
    assert exchange(application, [b""], path, announced=beyond)[0] == 401
