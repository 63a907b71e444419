"""`Forwarded`: what a proxy tells by RFC 7239 in the headers that Django reads.

A proxy sends either this header or the older X-Forwarded ones, and hands on what a
client wrote into the other kind. So the site believes one kind alone, the one that
`PROXY_HEADER` names, and here takes away the other.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings

NAME = b"forwarded"
OLDER = (b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto")
_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_PAIR = re.compile(
    rf'[ \t]*(?:({_WORD})=(?:({_WORD})|"((?:[^"\\]|\\.)*)"))?[ \t]*(?:;|$)'
)
_ESCAPED = re.compile(r"\\(.)")
_NODE = re.compile(r"\[([^\]]+)\](?::\d+)?|([^:]+)(?::\d+)?")

Scope = dict[str, Any]
Application = Callable[[Scope, Any, Any], Awaitable[None]]


class Forwarded:
    """Passes each connection on with X-Forwarded headers made from `Forwarded`."""

    def __init__(self, inner: Application) -> None:
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] in ("http", "websocket"):
            scope = {**scope, "headers": translated(scope["headers"])}
        await self._inner(scope, receive, send)


def translated(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers without any X-Forwarded, and with those that `Forwarded` means.

    What proxies of ours added is at the end, one element each; a client may have
    written anything before it. Host and scheme are what the outermost was asked for.
    """
    kept = [(name, value) for name, value in headers if name not in OLDER]
    told = b",".join(value for name, value in kept if name == NAME).decode("latin-1")
    if not told:
        return kept
    elements = [parse(piece) for piece in told.split(",")[-settings.PROXY_COUNT :]]
    clients = ",".join(_address(each.get("for", "")) for each in elements)
    found = (clients, elements[0].get("host"), elements[0].get("proto"))
    return kept + [
        (name, value.encode("latin-1"))
        for name, value in zip(OLDER, found, strict=True)
        if value
    ]


def parse(element: str) -> dict[str, str]:
    """The parameters of one element (RFC 7239 section 4); none of a broken one."""
    found: dict[str, str] = {}
    place = 0
    while place < len(element):
        pair = _PAIR.match(element, place)
        if pair is None or (name := (pair[1] or "").lower()) in found:
            return {}
        if name:
            found[name] = pair[2] or _ESCAPED.sub(r"\1", pair[3] or "")
        place = pair.end()
    return found


def _address(node: str) -> str:
    """Of a node (RFC 7239 section 6), without its port."""
    match = _NODE.fullmatch(node)
    return (match[1] or match[2]) if match else ""
