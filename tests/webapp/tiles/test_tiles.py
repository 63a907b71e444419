"""What a tile shows: the file's own bytes, or else the pixels that OpenSlide shows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openslide
import pytest
import simplejpeg

from tests.slides import damage_tile, write_dicom_image
from tests.webapp.factories import make_slide
from tests.webapp.tiles.conftest import Asker, granted, write_slide
from webapp.accounts.models import User
from webapp.slides.models import Slide
from webapp.slides.tiles.application import TileApplication
from webapp.slides.tiles.listing import publish


def shown(path: Path, x: int, y: int, width: int, height: int) -> np.ndarray:
    with openslide.OpenSlide(path) as slide:
        return np.asarray(slide.read_region((x, y), 0, (width, height)))[..., :3]


def decibel(got: np.ndarray, expected: np.ndarray) -> float:
    error = ((got.astype(float) - expected) ** 2).mean()
    return float(10 * np.log10(255**2 / max(error, 1e-9)))


def test_a_stored_tile_is_the_file_s_own_bytes(viewer: Asker, original: Path) -> None:
    viewer.get("3/0_0.jpg")
    reply = viewer.get("3/3_2.jpg")
    assert reply.status == 200
    assert reply.headers["content-type"] == "image/jpeg"
    assert len(reply.body) > 1000
    assert reply.body in original.read_bytes()


def test_the_first_tile_is_the_same_as_later_ones(viewer: Asker) -> None:
    first = viewer.get("3/3_2.jpg")
    assert viewer.get("3/3_2.jpg") == first


def test_a_stored_tile_has_the_pixels_that_openslide_shows(
    viewer: Asker, original: Path
) -> None:
    pixels = simplejpeg.decode_jpeg(viewer.get("3/3_2.jpg").body)
    assert decibel(pixels, shown(original, 384, 256, 128, 128)) > 45


@pytest.mark.parametrize(
    ("x", "y", "width", "height"), [(7, 5, 4, 60), (7, 2, 4, 128), (3, 5, 128, 60)]
)
def test_edge_tiles_are_cut_to_the_slide(
    viewer: Asker, original: Path, x: int, y: int, width: int, height: int
) -> None:
    pixels = simplejpeg.decode_jpeg(viewer.get(f"3/{x}_{y}.jpg").body)
    assert pixels.shape == (height, width, 3)
    assert decibel(pixels, shown(original, x * 128, y * 128, width, height)) > 40


def test_tables_stored_once_are_joined(
    application: TileApplication, alice: User
) -> None:
    slide = write_slide(alice, shared_tables=True)
    viewer = granted(application, slide, alice)
    pixels = simplejpeg.decode_jpeg(viewer.get("3/3_2.jpg").body)
    assert decibel(pixels, shown(slide.path, 384, 256, 128, 128)) > 45


def test_tiles_stored_as_rgb_keep_their_colours(
    application: TileApplication, alice: User
) -> None:
    slide = write_slide(alice, stored_as_rgb=True, shared_tables=True)
    viewer = granted(application, slide, alice)
    pixels = simplejpeg.decode_jpeg(viewer.get("3/3_2.jpg").body)
    assert decibel(pixels, shown(slide.path, 384, 256, 128, 128)) > 45


def test_a_missing_level_is_made_of_stored_tiles(viewer: Asker, original: Path) -> None:
    pixels = simplejpeg.decode_jpeg(viewer.get("2/1_1.jpg").body)
    fine = shown(original, 256, 256, 256, 256).astype(float)
    halved = fine.reshape(128, 2, 128, 2, 3).mean((1, 3))
    assert pixels.shape == (128, 128, 3)
    assert decibel(pixels, halved) > 25


def test_a_corrupt_tile_is_marked_and_counted(
    viewer: Asker, original: Path, application: TileApplication
) -> None:
    damage_tile(original, 3 + 8 * 2)
    reply = viewer.get("3/3_2.jpg")
    assert reply.status == 200
    pixels = simplejpeg.decode_jpeg(reply.body)
    assert 185 < np.median(pixels) < 195, "grey"
    assert application.pool.unreadable_tiles == 1


def test_a_browser_does_not_keep_a_corrupt_tile(viewer: Asker, original: Path) -> None:
    damage_tile(original, 3 + 8 * 2)
    assert "no-store" in viewer.get("3/3_2.jpg").headers["cache-control"]
    assert "immutable" in viewer.get("3/4_2.jpg").headers["cache-control"]


def test_frames_of_a_dicom_image_are_asked_for_by_number(
    application: TileApplication, alice: User
) -> None:
    slide = _two_frames(alice)
    viewer = granted(application, slide, alice)
    dark, bright = (
        simplejpeg.decode_jpeg(viewer.get(f"0/0_0.jpg?frame={n}").body).mean()
        for n in (0, 1)
    )
    assert dark < 60 < 190 < bright
    assert viewer.get("0/0_0.jpg?frame=2").status == 404


def _two_frames(owner: User) -> Slide:
    slide = make_slide(owner, entry="frames/original/slide.dcm", frame_count=2)
    slide.path.parent.mkdir(parents=True)
    frames = np.stack([np.full((64, 64, 3), v, np.uint8) for v in (40, 200)])
    write_dicom_image(slide.path, frames, frames=2)
    publish(slide)
    return slide
