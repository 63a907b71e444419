"""OHIF shows the slide in its colours, and the boxes of results where they belong."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from functools import lru_cache, partial

import numpy as np
import pytest
from PIL import Image, ImageCms

from tests.browser import chromium, window
from tests.clients.colours import exchanging_profile
from tests.clients.conftest import Archive
from tests.clients.filling import MPP, PAINT, REGIONS
from tests.clients.ohif import (
    Mask,
    Picture,
    Viewer,
    configuration,
    is_lime,
    is_yellow,
)

# Slides are drawn by WebGL, here without a graphics card.
WEBGL = ("--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
LINE = 5
"""How far a line on the screen may lie from the edge that it is drawn along."""

pytestmark = pytest.mark.needs("ohif")


@pytest.fixture(scope="module")
def viewer(archive: Archive) -> Iterator[Viewer]:
    archive.pages.scripts["/app-config.js"] = configuration(archive)
    with chromium(*WEBGL) as browser, window(browser, archive.url) as context:
        viewer = Viewer(context.new_page(), archive)
        viewer.open(archive.study)
        yield viewer


@lru_cache
def shown_paint() -> tuple[int, int, int]:
    """What the profile makes of the paint."""
    profile = ImageCms.ImageCmsProfile(io.BytesIO(exchanging_profile()))
    painted = Image.new("RGB", (1, 1), PAINT)
    shown = ImageCms.profileToProfile(painted, profile, ImageCms.createProfile("sRGB"))
    assert shown is not None
    red, green, blue = shown.getpixel((0, 0))  # type: ignore[misc]
    return int(red), int(green), int(blue)


Belongs = Callable[[Picture], Mask]


def is_painted(picture: Picture) -> Mask:
    """The painted places, in the colours of the profile."""
    near: Mask = np.abs(picture - np.array(shown_paint())).max(axis=2) < 30
    return near


def is_plainly_painted(picture: Picture) -> Mask:
    """The same where the profile changes nothing."""
    near: Mask = np.abs(picture - np.array(PAINT)).max(axis=2) < 30
    return near


def surround(viewer: Viewer, is_line: Belongs, is_paint: Belongs = is_painted) -> bool:
    """Both painted places are on the screen, and a box of such lines around each."""
    paints, boxes = viewer.boxes(is_paint), viewer.boxes(is_line)
    if len(paints) != len(REGIONS) or len(boxes) != len(REGIONS):
        return False
    return bool(np.abs(np.array(paints) - np.array(boxes)).max() <= LINE)


def test_the_slide_is_shown_in_the_colours_of_its_profile(viewer: Viewer) -> None:
    def is_shown() -> bool:
        sizes = [(r - x) / (b - y) for x, y, r, b in viewer.boxes(is_painted)]
        wanted = [width / height for _, _, width, height in reversed(REGIONS)]
        return len(sizes) == len(wanted) and np.allclose(sizes, wanted, rtol=0.05)

    viewer.wait("the painted places are seen", is_shown)
    red, _, blue = shown_paint()
    assert (red < PAINT[0] - 50, blue > PAINT[2] + 50) == (True, True)


def test_the_report_draws_its_boxes_with_the_right_area(viewer: Viewer) -> None:
    viewer.show("SR")
    viewer.wait("there are two boxes", lambda: surround(viewer, is_lime))
    wanted = [width * height * MPP**2 for _, _, width, height in REGIONS]
    assert viewer.areas() == pytest.approx(wanted, rel=1e-4)


def test_the_annotations_draw_the_same_boxes(viewer: Viewer) -> None:
    viewer.show("ANN")
    viewer.wait("there are two boxes", lambda: surround(viewer, is_yellow))


def test_the_copy_of_an_svs_has_its_boxes_in_the_same_places(
    viewer: Viewer, archive: Archive
) -> None:
    viewer.open(archive.copy)
    viewer.show("SR")
    drawn = partial(surround, viewer, is_lime, is_plainly_painted)
    viewer.wait("there are two boxes", drawn)
