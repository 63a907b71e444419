"""Open slides, kept for the next tile.

Opening costs ten to a hundred tiles, so a slide stays open while it is looked at. The
pool holds so many slides and so much memory, closes the one unused for longest first
and never one that a thread is reading.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from dragonfly.errors import SlideError
from dragonfly.slide import Limits, Slide, open_slide

# A tile is decoded for one reader at a time; what it shares with its neighbours is
# little, and a process serves many slides.
LIMITS = Limits(max_cache_bytes=4 * 2**20)

TRY_AGAIN_SECONDS = 5.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SlideKey:
    """One picture: the file to open, the digest it is known by, and its frame."""

    path: Path
    digest_key: bytes
    frame: int | None = None
    """None for a slide that is one picture, or a sheet of all."""


@dataclass(eq=False, slots=True)
class Seat:
    """An open slide in the pool and how many threads are reading it."""

    slide: Slide
    held_bytes: int
    readers: int = 0
    is_evicted: bool = False


@dataclass(eq=False, slots=True)
class _Opening:
    """Somebody opens this slide; who comes meanwhile waits for the same one."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class _Refusal:
    """Why a slide could not be opened, and when."""

    error: SlideError
    at: float


def _open(key: SlideKey) -> Slide:
    return open_slide(key.path, limits=LIMITS, frame=key.frame)


class SlidePool:
    """At most `max_slides` open slides of together about `max_bytes`; thread-safe."""

    def __init__(
        self,
        max_slides: int,
        max_bytes: int,
        open_: Callable[[SlideKey], Slide] = _open,
    ) -> None:
        self._max_slides, self._max_bytes = max_slides, max_bytes
        self._open = open_
        self._seats: OrderedDict[SlideKey, Seat] = OrderedDict()
        self._openings: dict[SlideKey, _Opening] = {}
        self._refusals: dict[SlideKey, _Refusal] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._seats)

    @property
    def unreadable_tiles(self) -> int:
        """Damaged places met so far in the slides that are open."""
        with self._lock:
            return sum(seat.slide.unreadable_tiles for seat in self._seats.values())

    @contextmanager
    def reading(self, key: SlideKey) -> Iterator[Slide]:
        """The slide, opened if need be and not closed meanwhile.

        Raises:
            SlideError: it cannot be opened, now or a few seconds ago.
        """
        seat = self.take(key) or self._opened(key)
        try:
            yield seat.slide
        finally:
            self.give(seat)

    def take(self, key: SlideKey) -> Seat | None:
        """The slide if it is open, to be given back with `give`; never waits."""
        with self._lock:
            seat = self._seats.get(key)
            if seat is not None:
                self._seats.move_to_end(key)
                seat.readers += 1
            return seat

    def give(self, seat: Seat) -> None:
        """Say that a taken slide is not read any more."""
        with self._lock:
            seat.readers -= 1
            unused = seat.is_evicted and seat.readers == 0
        if unused:
            seat.slide.close()

    def close(self) -> None:
        """Close every slide, those being read as soon as they are not."""
        with self._lock:
            unused = [*self._evict(len(self._seats))]
        _close_all(unused)

    def _opened(self, key: SlideKey) -> Seat:
        with self._lock:
            opening = self._openings.setdefault(key, _Opening())
            opening.waiting += 1
        try:
            with opening.lock:
                return self.take(key) or self._seated(key)
        finally:
            with self._lock:
                opening.waiting -= 1
                if opening.waiting == 0:
                    del self._openings[key]

    def _seated(self, key: SlideKey) -> Seat:
        slide = self._tried(key)
        seat = Seat(slide, slide.held_bytes, readers=1)
        with self._lock:
            self._seats[key] = seat
            unused = [*self._evict(self._excess())]
        _close_all(unused)
        return seat

    def _tried(self, key: SlideKey) -> Slide:
        """Open a slide; one that failed is not tried again for every tile of a view."""
        refusal = self._refusals.get(key)
        if refusal is not None and time.monotonic() - refusal.at < TRY_AGAIN_SECONDS:
            raise refusal.error
        try:
            slide = self._open(key)
        except SlideError as error:
            log.warning("A slide with tiles cannot be opened: %s", error.code)
            self._refusals = {key: _Refusal(error, time.monotonic())}
            raise
        self._refusals.pop(key, None)
        return slide

    def _excess(self) -> int:
        """How many of the oldest must go; the newest always stays."""
        count = max(0, len(self._seats) - self._max_slides)
        sizes = [seat.held_bytes for seat in self._seats.values()]
        while count < len(sizes) - 1 and sum(sizes[count:]) > self._max_bytes:
            count += 1
        return count

    def _evict(self, count: int) -> Iterator[Slide]:
        """Take the oldest out; yields those that nobody reads."""
        for _ in range(count):
            _, seat = self._seats.popitem(last=False)
            seat.is_evicted = True
            if seat.readers == 0:
                yield seat.slide


def _close_all(slides: list[Slide]) -> None:
    for slide in slides:
        slide.close()
