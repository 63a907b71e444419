"""`upload_application`: the tus endpoint, in front of Django.

Django under ASGI writes each request body to a temporary file before any view sees it.
Here a body goes to its part file as it comes, so that memory stays within a few
pieces. Everything that blocks runs in a few threads of its own.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from typing import Any, TypeVar

from django.db import close_old_connections
from django.utils import timezone
from rest_framework.exceptions import APIException

from dragonfly.errors import DragonflyError
from webapp.slides.models import Upload
from webapp.slides.uploads.answers import NOT_HERE, PROBLEMS, of_error, refused, worded
from webapp.slides.uploads.body import Receive, SenderGoneError, pieces, whole
from webapp.slides.uploads.part_file import PartFile
from webapp.slides.uploads.protocol import TUS_PATH, Answer, Server, base_path
from webapp.slides.uploads.services import record_progress
from webapp.slides.uploads.sign_in import sender, uploader
from webapp.slides.uploads.storage import UserUploads

Scope = dict[str, Any]
Headers = dict[str, str]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Result = TypeVar("Result")

THREADS = 4
RECORDED_EVERY = timedelta(seconds=10)
CHECKED_BYTES = 16 * 2**20
"""A body with a checksum is held until it is known to be right."""
CUT_OFF = "The rest of the bytes did not come."
PATH = re.compile(rf"{TUS_PATH}(?:/([0-9a-f-]{{36}})?)?")
log = logging.getLogger(__name__)
_threads = ThreadPoolExecutor(THREADS, "uploads")


async def upload_application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request below `TUS_PATH`."""
    try:
        answer = await _answer(scope, receive)
    except SenderGoneError:
        answer = refused(408, "UPLOAD_INCOMPLETE", CUT_OFF)
    except (DragonflyError, APIException) as error:
        answer = of_error(error)
    except Exception as error:
        log.exception("An upload request failed.")
        answer = of_error(error)
    await _send(send, answer, scope["method"] == "HEAD")


async def _answer(scope: Scope, receive: Receive) -> Answer:
    headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
    method = _method(scope["method"], headers)
    found = PATH.fullmatch(scope["path"])
    if found is None:
        return refused(404, "NOT_FOUND", NOT_HERE)
    path = base_path() + (f"/{found[1]}" if found[1] else "")
    if method == "PATCH" and found[1]:
        return await _patch(scope, path, headers, receive)
    return await _in_thread(_plain, {**scope, "method": method}, path, headers)


def _method(method: str, headers: dict[str, str]) -> str:
    """Proxies that know no PATCH let it pass as a POST with this header."""
    override = headers.pop("x-http-method-override", "").strip().upper()
    known = method == "POST" and override in ("PATCH", "DELETE", "HEAD")
    return override if known else method


def _plain(scope: Scope, path: str, headers: Headers) -> Answer:
    """A request whose body says nothing."""
    server = Server(UserUploads(uploader(scope)))
    if scope["method"] in ("GET", "PATCH", "PUT"):
        return refused(405, *PROBLEMS[405])
    return worded(server.answer(scope["method"], path, headers))


def _begin(scope: Scope, path: str, headers: Headers) -> Sending | Answer:
    user = sender({**scope, "method": "PATCH"})
    sending = Sending(Server(UserUploads(user)), path, headers)
    return sending.lock() or sending


async def _patch(scope: Scope, path: str, headers: Headers, receive: Receive) -> Answer:
    body = pieces(receive)
    # The first bytes come while it is found out whether they may.
    first = asyncio.ensure_future(anext(body))
    try:
        sending = await _in_thread(_begin, scope, path, headers)
        if not isinstance(sending, Sending):
            return sending
        async with aclosing(sending):
            if "upload-checksum" in headers:
                await sending.take(await whole(await first, body, CHECKED_BYTES))
                return await sending.answer()
            if await sending.take(await first):
                async for piece in body:
                    if not await sending.take(piece):
                        break
            return await sending.answer()
    finally:
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)


class Sending:
    """One PATCH: a piece is written while the next one comes."""

    def __init__(self, server: Server, path: str, headers: Headers) -> None:
        self._server, self._path, self._headers = server, path, headers
        self._id = path.rpartition("/")[2]
        self._upload: Upload | None = None
        self._sent = 0
        self._writing: asyncio.Future[Answer] | None = None

    def lock(self) -> Answer | None:
        """Hold the part file; an answer if that is impossible."""
        uploads = self._server.uploads
        if uploads.row_for_bytes(self._id) is None:
            return refused(404, "NOT_FOUND", NOT_HERE)
        try:
            uploads.handle = PartFile(self._id).lock()
        except FileNotFoundError:
            uploads.handle = None
            return self._without_file()
        self._upload = uploads.row(self._id)
        if self._upload and PartFile(self._id).size >= self._upload.size:
            self._upload = uploads.reread(self._id)
        return None

    def _without_file(self) -> Answer | None:
        """Ended, given up or complete: the library has the words for the last two."""
        upload = self._server.uploads.reread(self._id)
        if upload is None:
            return refused(404, "NOT_FOUND", NOT_HERE)
        is_lost = upload.state == Upload.State.RECEIVING
        return refused(410, *PROBLEMS[410]) if is_lost else None

    async def take(self, piece: bytes) -> bool:
        """Begin to write a piece; False if an earlier one was refused."""
        if self._writing is not None and (await self._writing)[0] >= 400:
            return False
        take = partial(
            self._server.take_piece, self._path, self._headers, self._sent, piece
        )
        loop = asyncio.get_running_loop()
        self._writing = loop.run_in_executor(_threads, _fresh, take)
        self._sent += len(piece)
        return True

    async def answer(self) -> Answer:
        """The protocol's answer to the whole request."""
        assert self._writing is not None  # noqa: S101 -- a body has one piece at least
        return worded(await self._writing)

    async def aclose(self) -> None:
        """Let go, but never while a piece is being written."""
        if self._writing is not None:
            await asyncio.wait([self._writing])
        uploads = self._server.uploads
        handle, uploads.handle = uploads.handle, None
        if handle is not None:
            os.close(handle)
        upload = self._upload
        if upload and timezone.now() - upload.updated_at > RECORDED_EVERY:
            await _in_thread(record_progress, upload)


async def _in_thread(function: Callable[..., Result], *arguments: Any) -> Result:
    call = partial(function, *arguments)
    return await asyncio.get_running_loop().run_in_executor(_threads, _fresh, call)


def _fresh(call: Callable[[], Result]) -> Result:
    """As Django does around each request: no connection that has gone stale."""
    close_old_connections()
    try:
        return call()
    finally:
        close_old_connections()


async def _send(send: Send, answer: Answer, is_head: bool) -> None:
    status, headers, text = answer
    fields = {"Cache-Control": "no-store", **headers, "Content-Length": str(len(text))}
    if status == HTTPStatus.NO_CONTENT:
        del fields["Content-Length"]
    encoded = [(k.lower().encode(), v.encode("latin-1")) for k, v in fields.items()]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": b"" if is_head else text})
