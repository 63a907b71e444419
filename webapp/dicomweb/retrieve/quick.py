"""`FrameApplication`: frames that lie ready in a file, in front of Django.

A viewer asks for hundreds of frames of one object in a few seconds. Who asks and which
object it is are looked up once in five seconds for each; a change of rights therefore
takes that long here. Whatever is not simple is left to Django.
"""

from __future__ import annotations

import asyncio
import os
import re
import uuid
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.handlers.asgi import ASGIRequest
from django.db import close_old_connections

from dragonfly.slide.tile_index import pread_in_memory
from webapp.accounts.models import User
from webapp.api.throttle import Limit, seconds_to_wait
from webapp.audit.batch import Batch
from webapp.audit.record import client_address
from webapp.dicomweb.addresses import ROOT, base_of
from webapp.dicomweb.answers import Refused
from webapp.dicomweb.bare import bare_request, sign_in
from webapp.dicomweb.media import MediaType, parse_accept
from webapp.dicomweb.models import Instance
from webapp.dicomweb.recent import Recent
from webapp.dicomweb.retrieve.caching import KEPT, is_known, tag_of
from webapp.dicomweb.retrieve.finding import find_instance
from webapp.dicomweb.retrieve.frames import (
    choose_form,
    decoded,
    frame_numbers,
    frames_at,
)
from webapp.dicomweb.retrieve.labels import is_label
from webapp.dicomweb.retrieve.sending import Part, Span, head_of

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Uids = tuple[str, str, str]
Reader = Callable[[int, int, int], bytes | bytearray]

UID = "([0-9.]{1,64})"
PATH = re.compile(
    rf"{ROOT}studies/{UID}/series/{UID}/instances/{UID}/frames/([0-9,]{{1,2048}})"
)
KNOWN_S = 5.0
MOST_BYTES = 8 * 2**20
"""Longer answers are sent a piece at a time by Django's way."""
BOUNDARY = uuid.uuid4().hex


class NotSimpleError(Exception):
    """Django's view has to answer, be it with a refusal."""


class Asking(NamedTuple):
    """One request for frames."""

    request: ASGIRequest
    user: User
    instance: Instance
    numbers: list[int]
    accept: Sequence[MediaType]
    tag: str


class FrameApplication:
    """Answers GET of frames; every other request is `others`'."""

    def __init__(self, others: Application) -> None:
        self._others = others
        self._users: Recent[tuple[bytes, ...], User] = Recent(KNOWN_S)
        self._instances: Recent[tuple[int, Uids], Instance] = Recent(KNOWN_S)
        self._calls: dict[int, int] = {}
        self._threads = ThreadPoolExecutor(4, "frames")
        self._audit = Batch()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = PATH.fullmatch(scope["path"])
        if found is None or scope["method"] not in ("GET", "HEAD"):
            await self._others(scope, receive, send)
            return
        try:
            asking = await self._understood(scope, found)
            kind, body = await self._body(asking)
        except (NotSimpleError, Refused, SuspiciousOperation, OSError):
            await self._others(scope, receive, send)
            return
        self._note(asking, 200 if kind else 304)
        await _send(send, asking.tag, kind, body, is_head=scope["method"] == "HEAD")

    def close(self) -> None:
        """Write what has not been recorded yet."""
        self._threads.shutdown()
        self._audit.close()

    async def _understood(self, scope: Scope, found: re.Match[str]) -> Asking:
        study, series, instance, numbers = found.groups()
        request = bare_request(scope)
        user = await self._user(scope, request)
        uids = (study, series, instance)
        here = self._instances.get((user.pk, uids))
        if here is None:
            here = await self._in_thread(find_instance, user, *uids)
            if is_label(here):
                raise NotSimpleError
            self._instances.put((user.pk, uids), here)
        stated = request.GET.get("accept") or request.headers.get("accept", "*/*")
        accept = parse_accept(stated)
        wanted = frame_numbers(numbers, here)
        tag = tag_of(f"{here.sha256}-{numbers}", accept)
        return Asking(request, user, here, wanted, accept, tag)

    async def _user(self, scope: Scope, request: ASGIRequest) -> User:
        fields = (b"authorization", b"cookie")
        key = tuple(value for name, value in scope["headers"] if name in fields)
        user = self._users.get(key)
        if user is None:
            user = await self._in_thread(sign_in, request)
            count = self._calls.pop(user.pk, 0)
            await self._in_thread(_refuse_too_many, user.pk, count)
            self._users.put(key, user)
        self._calls[user.pk] = self._calls.get(user.pk, 0) + 1
        return user

    async def _body(self, asking: Asking) -> tuple[str, bytes]:
        """Media type and bytes; neither for a client that has them."""
        if is_known(asking.tag, asking.request.headers.get("if-none-match", "")):
            return "", b""
        instance = asking.instance
        make, is_multipart = choose_form(asking.accept, instance, len(asking.numbers))
        if make is decoded:
            raise NotSimpleError
        place = frames_at(base_of(asking.request), instance)
        parts = make(instance, asking.numbers, place)
        if sum(part.length for part in parts) > MOST_BYTES:
            raise NotSimpleError
        try:
            pieces = _read(parts, pread_in_memory)
        except BlockingIOError:
            pieces = await self._in_thread(_read, parts, os.pread)
        if not is_multipart:
            return parts[0].kind, pieces[0]
        kind = f'multipart/related; type="{parts[0].inner}"; boundary={BOUNDARY}'
        return kind, _joined(parts, pieces)

    def _note(self, asking: Asking, status: int) -> None:
        series = asking.instance.series
        self._audit.add(
            "dicom.frames",
            asking.user,
            client_address(asking.request),
            status=status,
            study=series.study.uid,
            series=series.uid,
            instance=asking.instance.uid,
        )

    async def _in_thread(self, function: Callable[..., Any], *arguments: Any) -> Any:
        call = partial(_fresh, function, *arguments)
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)


def _refuse_too_many(user_id: int, count: int) -> None:
    """Count the calls of the last seconds, too."""
    limit = Limit("dicomweb", settings.DICOMWEB_PER_MINUTE)
    if count and seconds_to_wait(limit, str(user_id), count):
        raise NotSimpleError


def _fresh(function: Callable[..., Any], *arguments: Any) -> Any:
    close_old_connections()
    try:
        return function(*arguments)
    finally:
        close_old_connections()


def _read(parts: Sequence[Part], read: Reader) -> list[bytes]:
    """The bytes of each part; a file is opened once."""
    files: dict[Path, int] = {}
    try:
        return [b"".join(_span(s, files, read) for s in part.spans) for part in parts]
    finally:
        for file in files.values():
            os.close(file)


def _span(span: Span, files: dict[Path, int], read: Reader) -> bytes | bytearray:
    file = files.get(span.path)
    if file is None:
        file = files[span.path] = os.open(span.path, os.O_RDONLY)
    data = read(file, span.length, span.at)
    if len(data) < span.length:
        raise NotSimpleError
    return data


def _joined(parts: Sequence[Part], pieces: Sequence[bytes]) -> bytes:
    lines = []
    for part, piece in zip(parts, pieces, strict=True):
        lines += [head_of(part, BOUNDARY), piece, b"\r\n"]
    return b"".join([*lines, f"--{BOUNDARY}--\r\n".encode()])


async def _send(send: Send, tag: str, kind: str, body: bytes, *, is_head: bool) -> None:
    fields = {**KEPT, "ETag": tag}
    if kind:
        fields |= {"Content-Type": kind, "Content-Length": str(len(body))}
    headers = [(k.lower().encode(), v.encode("latin-1")) for k, v in fields.items()]
    status = 200 if kind else 304
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if is_head else body})
