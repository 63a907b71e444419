"""The ASGI application that hands out tiles, beside Django in the same process.

It has no session and no database: the address in the path and the lease in a cookie
(or in the query) are the whole permission. A tile that the file stores as asked for
goes out from the event loop; every other one is made on a thread.
"""

from __future__ import annotations

import logging
import time
from typing import NamedTuple

from dragonfly.errors import SlideError
from webapp.slides.tiles import replies
from webapp.slides.tiles.decoding import BusyError, Decoder, GoneError
from webapp.slides.tiles.made import MadeTiles
from webapp.slides.tiles.place import Place, read_frame, read_place, read_query
from webapp.slides.tiles.pool import SlideKey, SlidePool
from webapp.slides.tiles.replies import Receive, Scope, Send
from webapp.slides.tiles.visitor import Visitors

LEASE_COOKIE = "tile_lease"
_COOKIE = f"{LEASE_COOKIE}=".encode()
QUALITY = 80
"""Of tiles that have to be encoded; a new value needs a new `_CODEC`."""
_CODEC = f"q{QUALITY}v1"

log = logging.getLogger(__name__)


class ProblemError(Exception):
    """There is no tile to send, and this is why."""

    def __init__(self, problem: replies.Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


class TileApplication:
    """Tiles from one pool of open slides; one event loop, any number of threads."""

    def __init__(self, pool: SlidePool, decoder: Decoder, made: MadeTiles) -> None:
        self.pool = pool
        self._decoder = decoder
        self._made = made
        self._visitors = Visitors()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; `scope["path"]` has no prefix before `/tiles/`."""
        head = scope["method"] == "HEAD"
        try:
            await self._answer(scope, receive, send, head)
        except ProblemError as error:
            await replies.send_problem(send, error.problem, head=head)
        except GoneError:
            return

    def close(self) -> None:
        """End the threads and close the slides."""
        self._decoder.close()
        self.pool.close()

    async def _answer(
        self, scope: Scope, receive: Receive, send: Send, head: bool
    ) -> None:
        place = read_place(scope["path"])
        if place is None:
            raise ProblemError(replies.NO_SUCH_TILE)
        if not head and scope["method"] != "GET":
            raise ProblemError(replies.ONLY_GET)
        asked = _Asked(scope)
        key, tag = self._admit(place, asked)
        if tag in asked.if_none_match:
            await replies.send_not_modified(send, tag)
            return
        jpeg = self._at_hand(key, place) or self._made.get(key, place)
        is_sound = True
        if jpeg is None:
            jpeg, is_sound = await self._prepared(key, place, receive)
        await replies.send_tile(send, jpeg, tag, head=head, keep=is_sound)

    def _admit(self, place: Place, asked: _Asked) -> tuple[SlideKey, bytes]:
        """What to open and the entity tag, for those who may see it."""
        visitor = self._visitors.find(place.address)
        if visitor is None or not visitor.may_enter(asked.lease, time.time()):
            raise ProblemError(replies.NOT_SIGNED_IN)
        if asked.frame is None:
            raise ProblemError(replies.NO_SUCH_TILE)
        key = visitor.key(asked.frame)
        if key is None:
            outside = visitor.key(0) is not None
            problem = replies.NO_SUCH_TILE if outside else replies.SLIDE_GONE
            raise ProblemError(problem)
        where = f"{asked.frame}-{place.z}-{place.x}-{place.y}"
        return key, f'"{visitor.tag}-{where}-{_CODEC}"'.encode()

    def _at_hand(self, key: SlideKey, place: Place) -> bytes | None:
        seat = self.pool.take(key)
        if seat is None:
            return None
        try:
            return seat.slide.tile_jpeg_at_hand(place.z, place.x, place.y)
        except SlideError:
            raise ProblemError(replies.NO_SUCH_TILE) from None
        finally:
            self.pool.give(seat)

    async def _prepared(
        self, key: SlideKey, place: Place, receive: Receive
    ) -> tuple[bytes, bool]:
        try:
            made = await self._decoder.run(lambda: self._make(key, place), receive)
        except BusyError:
            raise ProblemError(replies.BUSY) from None
        except SlideError as error:
            raise ProblemError(_problem_of(error)) from None
        except OSError as error:
            log.warning("A slide's file cannot be read: %s", error.strerror)
            raise ProblemError(replies.UNREADABLE) from None
        if made.is_sound and not made.is_stored:
            self._made.put(key, place, made.jpeg)
        return made.jpeg, made.is_sound

    def _make(self, key: SlideKey, place: Place) -> _Prepared:
        with self.pool.reading(key) as slide:
            before = slide.unreadable_tiles
            jpeg = slide.tile_jpeg(place.z, place.x, place.y, QUALITY)
            damaged = slide.unreadable_tiles
            is_stored = slide.stores_tiles(place.z)
        if damaged > before:
            log.warning("A slide has %d unreadable tiles so far.", damaged)
        return _Prepared(jpeg, damaged == 0, is_stored)


class _Prepared(NamedTuple):
    """A tile that was not at hand."""

    jpeg: bytes
    is_sound: bool
    """No damage was met. Damage can be of the moment, as when a network disk fails: a
    browser that kept the grey tile would show it for a week."""
    is_stored: bool
    """The file holds it, and soon the system's memory does."""


class _Asked:
    """What a request says besides its path."""

    __slots__ = ("frame", "if_none_match", "lease")

    def __init__(self, scope: Scope) -> None:
        self.lease = ""
        self.frame: int | None = 0
        self.if_none_match = b""
        for name, value in scope["headers"]:
            if name == b"cookie":
                self.lease = _lease_in(value) or self.lease
            elif name == b"if-none-match":
                self.if_none_match = value
        if query := read_query(scope["query_string"]):
            self.lease = query.get("lease", self.lease)
            self.frame = read_frame(query.get("frame", "0"))


def _lease_in(cookies: bytes) -> str:
    for cookie in cookies.split(b"; "):
        if cookie.startswith(_COOKIE):
            return cookie[len(_COOKIE) :].decode("latin-1")
    return ""


def _problem_of(error: SlideError) -> replies.Problem:
    if error.code == "TILE_OUTSIDE":
        return replies.NO_SUCH_TILE
    if error.code == "FILE_MISSING":
        return replies.SLIDE_GONE
    return replies.UNREADABLE
