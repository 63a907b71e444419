"""`StoreApplication`: STOW-RS, in front of Django.

Django would first write each body to a temporary file. Here a body goes to its objects'
files as it comes.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from django.core.exceptions import SuspiciousOperation
from django.core.handlers.asgi import ASGIRequest
from django.db import close_old_connections

from dragonfly.errors import DragonflyError
from webapp.accounts.permissions import MayUpload
from webapp.api.problems import refusal
from webapp.audit.record import record
from webapp.dicomweb.addresses import ROOT, base_of
from webapp.dicomweb.answers import Refused
from webapp.dicomweb.bare import bare_request, sign_in
from webapp.dicomweb.media import parse_accept, parse_media
from webapp.dicomweb.native_xml import to_xml
from webapp.dicomweb.sandbox.accepted import UID_PATTERN
from webapp.dicomweb.store.intake import Intake, refuse_length
from webapp.dicomweb.store.report import StoreReport
from webapp.slides.uploads.body import Receive, SenderGoneError, pieces

Scope = dict[str, Any]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Answer = tuple[int, dict[str, str], bytes]
Result = TypeVar("Result")

PATH = re.compile(rf"{ROOT}studies(?:/([^/]*))?/?")
CUT_OFF = "The rest of the bytes did not come."
UNEXPECTED = "The server could not do this. The fault is ours and has been noted."
JSON_TYPES = {"application/dicom+json", "application/json", "application/*", "*/*"}
JSON, XML = "application/dicom+json", "application/dicom+xml"
log = logging.getLogger(__name__)
_threads = ThreadPoolExecutor(4, "stow")


class StoreApplication:
    """Answers POST to studies; every other request is `others`'."""

    def __init__(self, others: Application) -> None:
        self._others = others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = PATH.fullmatch(scope["path"])
        if scope["method"] != "POST" or found is None:
            await self._others(scope, receive, send)
            return
        status, headers, body = await _answer(scope, receive, found[1] or "")
        fields = {
            **headers,
            "Content-Length": str(len(body)),
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
        }
        pairs = [(k.lower().encode(), v.encode("latin-1")) for k, v in fields.items()]
        await send({"type": "http.response.start", "status": status, "headers": pairs})
        await send({"type": "http.response.body", "body": body})


async def _answer(scope: Scope, receive: Receive, study: str) -> Answer:
    accept = dict(scope["headers"]).get(b"accept", b"").decode("latin-1")
    try:
        return await _store(scope, receive, study)
    except SenderGoneError:
        return _refused(Refused(408, CUT_OFF), accept)
    except Refused as refused:
        return _refused(refused, accept)
    except DragonflyError as error:
        status = refusal(error).status_code
        return _refused(Refused(status, error.message), accept)
    except SuspiciousOperation:
        return _refused(Refused(400, "The request names a host that is not ours."), "")
    except Exception:
        log.exception("A store request failed.")
        return _refused(Refused(500, UNEXPECTED), accept)


def _refused(refused: Refused, accept: str) -> Answer:
    kind, body = refused.report(accept)
    return refused.status, {**refused.headers, "Content-Type": kind}, body


async def _store(scope: Scope, receive: Receive, study: str) -> Answer:
    intake, request = await _in_thread(_begin, scope, study)
    try:
        async for piece in pieces(receive):
            await _in_thread(intake.take, piece)
        await _in_thread(intake.finish)
    finally:
        await _in_thread(intake.close)
    return await _in_thread(_finish, request, intake.report)


def _begin(scope: Scope, study: str) -> tuple[Intake, ASGIRequest]:
    request = bare_request(scope)
    user = sign_in(request)
    if not user.can_upload:
        raise Refused(403, MayUpload.message)
    if study and (len(study) > 64 or not UID_PATTERN.fullmatch(study)):
        raise Refused(400, "The address names no study: its UID is not one.")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Refused(415, "Send the body without Content-Encoding.")
    refuse_length(_length(request.headers.get("content-length", "")))
    _answer_type(request)
    kind = parse_media(request.headers.get("content-type", ""))
    return Intake(user, kind, StoreReport(base_of(request), study)), request


def _length(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0


def _answer_type(request: ASGIRequest) -> str:
    """The media type of the answer.

    Raises:
        Refused: 406.
    """
    for wish in parse_accept(request.headers.get("accept", "*/*")):
        if wish.name in JSON_TYPES:
            return JSON
        if wish.inner == XML:
            return XML
    raise Refused(406, f"The answer can be had as {JSON} or {XML}.")


def _finish(request: ASGIRequest, report: StoreReport) -> Answer:
    record(
        request,
        "dicom.store",
        stored=len(report.stored),
        failed=len(report.failed) + len(report.others),
        studies=sorted(report.studies)[:20],
    )
    kind, module = _answer_type(request), report.as_json()
    body = to_xml(module) if kind == XML else json.dumps(module).encode()
    return report.status, {"Content-Type": kind}, body


async def _in_thread(function: Callable[..., Result], *arguments: Any) -> Result:
    call = partial(_fresh, function, *arguments)
    return await asyncio.get_running_loop().run_in_executor(_threads, call)


def _fresh(function: Callable[..., Result], *arguments: Any) -> Result:
    """As Django does around each request: no connection that has gone stale."""
    close_old_connections()
    try:
        return function(*arguments)
    finally:
        close_old_connections()
