"""Made tiles are kept for the next person, within bounds."""

from __future__ import annotations

from pathlib import Path

import pytest

from dragonfly.slide import Slide as OpenSlide
from tests.slides import damage_tile
from tests.webapp.tiles.conftest import Asker
from webapp.slides.tiles.made import MadeTiles
from webapp.slides.tiles.place import Place
from webapp.slides.tiles.pool import SlideKey

KEY = SlideKey(Path("slide"), b"")


def place(x: int) -> Place:
    return Place("address", 1, x, 0)


def test_the_oldest_tiles_go_when_the_budget_is_spent() -> None:
    made = MadeTiles(25)
    for x in range(3):
        made.put(KEY, place(x), b"0123456789")
    assert [made.get(KEY, place(x)) is not None for x in range(3)] == [
        False,
        True,
        True,
    ]


def test_a_tile_put_twice_is_counted_once() -> None:
    made = MadeTiles(25)
    for _ in range(9):
        made.put(KEY, place(0), b"0123456789")
    made.put(KEY, place(1), b"0123456789")
    assert made.get(KEY, place(0))


def test_a_tile_larger_than_the_budget_is_not_kept() -> None:
    made = MadeTiles(5)
    made.put(KEY, place(0), b"0123456789")
    assert made.get(KEY, place(0)) is None


def test_a_made_tile_is_made_once(
    viewer: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = viewer.get("2/1_1.jpg")
    monkeypatch.delattr(OpenSlide, "tile_jpeg")
    assert viewer.get("2/1_1.jpg") == first


def test_a_damaged_tile_is_made_again(viewer: Asker, original: Path) -> None:
    whole = original.read_bytes()
    damage_tile(original, 3 + 8 * 2)
    grey = viewer.get("2/1_1.jpg")
    original.write_bytes(whole)
    viewer.application.pool.close()
    assert viewer.get("2/1_1.jpg").body != grey.body
