"""What is answered in front of Django can be read by the pages that are let in."""

from __future__ import annotations

import asyncio
from typing import Any

from webapp.api.cross_origin import CrossOrigin

PAGE = "https://viewer.example"
Fields = list[tuple[bytes, bytes]]


def fields_for(origin: str, *own: tuple[bytes, bytes], allowed: str = PAGE) -> Fields:
    """Of the answer to a page of this origin."""
    sent: list[dict[str, Any]] = []

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": own})
        await send({"type": "http.response.body", "body": b"frame"})

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    async def keep(message: dict[str, Any]) -> None:
        sent.append(message)

    headers = [(b"origin", origin.encode())] if origin else []
    site = CrossOrigin(answer, [allowed] if allowed else [])
    asyncio.run(site({"type": "http", "headers": headers}, receive, keep))
    assert sent[1]["body"] == b"frame"
    return list(sent[0]["headers"])


def test_a_page_that_is_let_in_may_read_the_answer() -> None:
    found = dict(fields_for(PAGE))
    assert found[b"access-control-allow-origin"] == PAGE.encode()
    assert b"ETag" in found[b"access-control-expose-headers"]


def test_no_other_page_may_and_no_copy_is_kept_for_it() -> None:
    for origin in ("https://else.example", ""):
        assert fields_for(origin) == [(b"vary", b"origin")]


def test_what_django_has_said_is_said_once() -> None:
    said = (b"Access-Control-Allow-Origin", PAGE.encode())
    assert fields_for(PAGE, said) == [said]


def test_a_site_that_lets_nobody_in_answers_as_it_is() -> None:
    assert fields_for(PAGE, allowed="") == []
