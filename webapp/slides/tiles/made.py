"""Tiles that had to be made, kept in memory for the next person who asks.

A browser keeps what it was sent; this serves the second browser, and the overview that
every view of a slide begins with. A tile of a JPEG 2000 slide costs several
milliseconds to make and nothing to find here.
"""

from __future__ import annotations

from collections import OrderedDict

from webapp.slides.tiles.place import Place
from webapp.slides.tiles.pool import SlideKey

MadeKey = tuple[SlideKey, int, int, int]


class MadeTiles:
    """The most recently used made tiles within a budget of bytes; for one thread."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._held_bytes = 0
        self._tiles: OrderedDict[MadeKey, bytes] = OrderedDict()

    def get(self, key: SlideKey, place: Place) -> bytes | None:
        """The tile, if it is still here."""
        whole = (key, place.z, place.x, place.y)
        jpeg = self._tiles.get(whole)
        if jpeg is not None:
            self._tiles.move_to_end(whole)
        return jpeg

    def put(self, key: SlideKey, place: Place, jpeg: bytes) -> None:
        """Keep a tile, and let go of those unused for longest."""
        whole = (key, place.z, place.x, place.y)
        self._held_bytes += len(jpeg) - len(self._tiles.pop(whole, b""))
        self._tiles[whole] = jpeg
        while self._held_bytes > self._max_bytes:
            _, oldest = self._tiles.popitem(last=False)
            self._held_bytes -= len(oldest)
