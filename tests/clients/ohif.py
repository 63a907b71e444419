"""OHIF's prebuilt viewer in a browser, and what can be seen in it."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page
from scipy.ndimage import find_objects, label

from tests.clients.conftest import Archive

Picture = NDArray[np.int16]
Mask = NDArray[np.bool_]
Box = tuple[int, int, int, int]
PATIENCE_S = 90.0
BOXES = 2


def configuration(archive: Archive) -> str:
    """app-config.js with the archive as the only source of data."""
    service = dict.fromkeys(("qidoRoot", "wadoRoot", "wadoUriRoot"), archive.url)
    source = {
        "namespace": "@ohif/extension-default.dataSourcesModule.dicomweb",
        "sourceName": "archive",
        "configuration": service
        | {
            **{"friendlyName": "archive", "name": "archive"},
            **{"imageRendering": "wadors", "thumbnailRendering": "thumbnail"},
            **{"qidoSupportsIncludeField": True, "enableStudyLazyLoad": True},
            "bulkDataURI": {"enabled": True},
        },
    }
    whole = {
        **{"routerBasename": "/", "extensions": [], "modes": []},
        **{"showStudyList": True, "maxNumberOfWebWorkers": 1},
        **{"defaultDataSourceName": "archive", "dataSources": [source]},
        "investigationalUseDialog": {"option": "never"},
    }
    return f"window.config = {json.dumps(whole)};"


@dataclass(frozen=True)
class Viewer:
    """One window of it."""

    page: Page
    archive: Archive

    def open(self, study: str) -> None:
        """A study, with the list of its series beside it."""
        where = f"StudyInstanceUIDs={study}&token={self.archive.token}"
        self.page.goto(f"{self.archive.pages.url}/microscopy?{where}")
        self.page.locator("[data-cy=seriesList-btn]").click()

    def show(self, modality: str) -> None:
        """Open a result from the list of series."""
        rows = self.page.locator("[data-cy=study-browser-thumbnail-no-image]")
        rows.filter(has_text=modality).first.dblclick()

    def areas(self) -> list[float]:
        """Of the list of measurements, in µm²."""
        listed = self.page.locator("[data-cy=measurements-panel]")
        words = listed.inner_text().split()
        return [float(number) for number, unit in pairwise(words) if unit == "μm²"]

    def boxes(self, belongs: Callable[[Picture], Mask]) -> list[Box]:
        """Left, top, right, bottom of the largest things on the screen.

        `belongs` tells which pixels are of them.
        """
        found = find_objects(label(belongs(self._picture()), np.ones((3, 3)))[0])
        boxes = [(x.start, y.start, x.stop, y.stop) for y, x in found]
        return sorted(sorted(boxes, key=_size)[-BOXES:])

    def wait(self, what: str, is_so: Callable[[], bool]) -> None:
        """Until it is so.

        Raises:
            AssertionError: it took too long.
        """
        until = time.monotonic() + PATIENCE_S
        while not is_so():
            assert time.monotonic() < until, what
            self.page.wait_for_timeout(200)

    def _picture(self) -> Picture:
        pane = self.page.locator("[data-cy=viewport-grid]")
        with Image.open(io.BytesIO(pane.screenshot())) as shot:
            return np.asarray(shot.convert("RGB"), np.int16)


def _size(box: Box) -> int:
    left, top, right, bottom = box
    return (right - left) * (bottom - top)


def is_lime(picture: Picture) -> Mask:
    """Lines of a report, also where they are blended with what they cross."""
    red, green, blue = np.moveaxis(picture, 2, 0)
    lime: Mask = green - np.maximum(red, blue) > 40
    return lime


def is_yellow(picture: Picture) -> Mask:
    """Lines of annotations, in the same way."""
    red, green, blue = np.moveaxis(picture, 2, 0)
    yellow: Mask = np.minimum(red, green) - blue > 40
    return yellow
