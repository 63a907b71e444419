"""One name for each request: in its answer, in each line of the log, in each problem.

A caller may bring its own (`X-Request-ID`, or the trace of a `traceparent`, W3C Trace
Context); otherwise one is drawn.
"""

from __future__ import annotations

import itertools
import logging
import re
import uuid
from collections.abc import Awaitable, Callable, Iterable
from contextvars import ContextVar
from typing import Any

from django.http import HttpRequest, HttpResponse

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

HEADER = "X-Request-ID"
PLAIN = re.compile(r"[A-Za-z0-9._:+/=-]{1,128}")
TRACE = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
HEADER_BYTES = HEADER.lower().encode()
# A tile takes 40 us, and drawing 16 random bytes for its name would be 2 of them.
_PROCESS = uuid.uuid4().hex[:20]
_count = itertools.count()
_current: ContextVar[str] = ContextVar("request_id", default="")


def current_id() -> str:
    """The name of the request being answered; "" outside of one."""
    return _current.get()


def name_of(request_id: str, traceparent: str) -> str:
    """The caller's name for its request if it is a plain one, or a new one."""
    if PLAIN.fullmatch(request_id):
        return request_id
    trace = TRACE.fullmatch(traceparent)
    return trace[1] if trace else new_name()


def new_name() -> str:
    """32 hexadecimal digits: this process, drawn at random, and a count."""
    return f"{_PROCESS}{next(_count):012x}"


class RequestIdFilter(logging.Filter):
    """Adds `request_id` to each record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current_id() or "-"
        return True


class RequestIds:
    """Names the requests that Django answers, unless they have a name already."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Echo the name."""
        outer = current_id()
        headers = request.headers
        name = outer or name_of(headers.get(HEADER, ""), headers.get("traceparent", ""))
        token = _current.set(name)
        try:
            response = self.get_response(request)
        finally:
            _current.reset(token)
        if not outer:
            response.headers[HEADER] = name
        return response


class NamedRequests:
    """The same for every application of the site, in front of all of them."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._application(scope, receive, send)
            return
        name = _name_in(scope["headers"])

        async def echo(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                pair = (HEADER_BYTES, name.encode())
                message = {**message, "headers": [*message.get("headers", ()), pair]}
            await send(message)

        token = _current.set(name)
        try:
            await self._application(scope, receive, echo)
        finally:
            _current.reset(token)


def _name_in(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """As `name_of`; ASGI has the names of headers in lower case."""
    request_id = traceparent = b""
    for key, value in headers:
        if key == HEADER_BYTES:
            request_id = value
        elif key == b"traceparent":
            traceparent = value
    if not request_id and not traceparent:
        return new_name()
    return name_of(request_id.decode("latin-1"), traceparent.decode("latin-1"))
