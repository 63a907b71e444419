"""Decoded tiles kept for the next read, within a budget of bytes."""

import threading
from collections import OrderedDict
from typing import TypeAlias

from dragonfly.slide.pixels import Pixels

TileKey: TypeAlias = tuple[int, int, int, int]


class TileCache:
    """The most recently used tiles by (level, column, row, shrink); thread-safe."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self._held_bytes = 0
        self._tiles: OrderedDict[TileKey, Pixels] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: TileKey) -> Pixels | None:
        with self._lock:
            tile = self._tiles.get(key)
            if tile is not None:
                self._tiles.move_to_end(key)
            return tile

    def put(self, key: TileKey, tile: Pixels) -> None:
        tile.flags.writeable = False
        with self._lock:
            old = self._tiles.pop(key, None)
            self._held_bytes += tile.nbytes - (old.nbytes if old is not None else 0)
            self._tiles[key] = tile
            while self._held_bytes > self.max_bytes and self._tiles:
                self._held_bytes -= self._tiles.popitem(last=False)[1].nbytes
