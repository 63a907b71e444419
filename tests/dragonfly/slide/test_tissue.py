"""The tissue mask finds stained tissue and says so when it cannot."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from dragonfly.geometry import Region, Size
from dragonfly.slide import Slide, TissueMask, open_slide, tissue_mask
from dragonfly.slide.pieces import closed, without_small_pieces
from dragonfly.slide.tissue import find_tissue
from tests.slides import Picture, tissue_picture, write_pyramid


def truth(
    width: int = 640, height: int = 512
) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    y, x = np.mgrid[0:height, 0:width]
    inside = np.hypot((x - width * 0.45) / width, (y - height * 0.5) / height) < 0.33
    return np.asarray(inside)


def test_the_stained_piece_is_found(tmp_path: Path) -> None:
    write_pyramid(tmp_path / "a.svs")
    with open_slide(tmp_path / "a.svs") as slide:
        mask = tissue_mask(slide, max_side=640)
    assert mask.reason == "found"
    assert (mask.pixels == truth()).mean() > 0.98


def test_pen_strokes_are_left_out() -> None:
    image = Image.fromarray(tissue_picture())
    draw = ImageDraw.Draw(image)
    draw.line((600, 10, 600, 500), (30, 60, 170), 10)
    draw.line((620, 10, 620, 500), (40, 130, 70), 8)
    mask, _ = find_tissue(np.asarray(image))
    assert mask[:, 590:].mean() < 0.02
    assert mask[truth()].mean() > 0.97


def test_a_blue_stain_is_no_pen() -> None:
    picture = tissue_picture()
    picture[truth()] = (50, 80, 190)
    mask, reason = find_tissue(picture)
    assert reason == "found"
    assert mask[truth()].mean() > 0.97


def test_a_stain_that_is_partly_blue_is_no_pen() -> None:
    picture = tissue_picture()
    blue = truth()
    blue[:, 300:] = False
    picture[blue] = (50, 80, 190)
    mask, _ = find_tissue(picture)
    assert mask[truth()].mean() > 0.97


def test_specks_are_removed() -> None:
    picture = tissue_picture()
    picture[20:23, 20:23] = (150, 60, 130)
    mask, _ = find_tissue(picture)
    assert not mask[15:28, 15:28].any()


def grey(value: int, spread: int) -> Picture:
    noise = np.random.default_rng(0).normal(0, spread, (100, 100, 1))
    return np.repeat((value + noise).clip(0, 255).astype(np.uint8), 3, axis=2)


@pytest.mark.parametrize(
    ("picture", "reason"),
    [
        (grey(240, 2), "no contrast"),
        (grey(20, 10), "dark background"),
        (grey(200, 40), "grey picture"),
        (np.full((10, 10, 3), 255, np.uint8), "no contrast"),
    ],
)
def test_where_tissue_cannot_be_told_everything_counts(
    picture: Picture, reason: str
) -> None:
    mask, said = find_tissue(picture)
    assert (bool(mask.all()), said) == (True, reason)


def half_mask() -> TissueMask:
    pixels = np.zeros((10, 20), bool)
    pixels[:, 10:] = True
    return TissueMask(pixels, Size(2000, 1000), "found")


@pytest.mark.parametrize(
    ("region", "fraction"),
    [
        (Region(0, 0, 1000, 1000), 0),
        (Region(1000, 0, 1000, 1000), 1),
        (Region(500, 0, 1000, 1000), 0.5),
        (Region(975, 40, 50, 30), 0.5),
        (Region(1900, 900, 200, 200), 0.25),
        (Region(-500, -500, 100, 100), 0),
    ],
)
def test_the_fraction_counts_parts_of_mask_pixels(
    region: Region, fraction: float
) -> None:
    assert half_mask().fraction(region) == pytest.approx(fraction)


def test_cells_are_those_with_enough_tissue() -> None:
    mask = half_mask()
    assert [cell.x for cell, _ in mask.cells(4, 1)] == [1000, 1500]
    assert [cell.x for cell, _ in mask.cells(3, 1, at_least=0.9)] == [1333]


def test_only_the_overview_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_pyramid(tmp_path / "a.svs")
    sizes: list[Size] = []
    real = Slide.read_region

    def noting(slide: Slide, region: Region, size: Size) -> Picture:
        sizes.append(size)
        return real(slide, region, size)

    monkeypatch.setattr(Slide, "read_region", noting)
    with open_slide(tmp_path / "a.svs") as slide:
        tissue_mask(slide, max_side=100)
    assert sizes == [Size(100, 80)]


def test_pieces_are_kept_by_their_area() -> None:
    mask = np.zeros((9, 12), bool)
    mask[1:4, 1:4] = mask[3:8, 3] = mask[7, 3:10] = mask[2:8, 9] = True
    snake = mask.copy()
    mask[0, 11] = mask[8, 0] = True
    assert (without_small_pieces(mask, 2) == snake).all()
    assert not without_small_pieces(mask, int(snake.sum()) + 1).any()


def test_pixels_that_touch_at_a_corner_are_two_pieces() -> None:
    for mask in (np.eye(4, dtype=bool), np.eye(4, dtype=bool)[:, ::-1]):
        assert (without_small_pieces(mask, 1) == mask).all()
        assert not without_small_pieces(mask, 2).any()


def test_pinholes_are_closed_and_the_outline_stays() -> None:
    mask = np.zeros((20, 20), bool)
    mask[4:16, 4:16] = True
    holed = mask.copy()
    holed[9:11, 9:11] = False
    assert (closed(holed, 2) == mask).all()
