"""One name for each request: in its answer, in each line of the log, in each problem.

A caller may bring its own (`X-Request-ID`, or the trace of a `traceparent`, W3C Trace
Context); otherwise one is drawn.
"""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Awaitable, Callable
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
_current: ContextVar[str] = ContextVar("request_id", default="")


def current_id() -> str:
    """The name of the request being answered; "" outside of one."""
    return _current.get()


def name_of(request_id: str, traceparent: str) -> str:
    """The caller's name for its request if it is a plain one, or a new one."""
    if PLAIN.fullmatch(request_id):
        return request_id
    trace = TRACE.fullmatch(traceparent)
    return trace[1] if trace else uuid.uuid4().hex


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
        headers = {bytes(k).lower(): bytes(v) for k, v in scope["headers"]}
        name = name_of(
            headers.get(b"x-request-id", b"").decode("latin-1"),
            headers.get(b"traceparent", b"").decode("latin-1"),
        )

        async def echo(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                pair = (HEADER.lower().encode(), name.encode())
                message = {**message, "headers": [*message.get("headers", ()), pair]}
            await send(message)

        token = _current.set(name)
        try:
            await self._application(scope, receive, echo)
        finally:
            _current.reset(token)
