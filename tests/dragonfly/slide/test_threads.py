"""Several threads may read one slide."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from dragonfly.geometry import Region, Size
from dragonfly.slide import open_slide
from tests.slides import damage_tile, tissue_picture, write_dicom_wsi, write_pyramid

REGIONS = [Region(x, y, 200, 150) for x in range(0, 480, 60) for y in range(0, 400, 70)]


def write_svs(folder: Path) -> Path:
    write_pyramid(folder / "slide.svs", subsampling="422")
    return folder / "slide.svs"


def write_damaged(folder: Path) -> Path:
    path = write_svs(folder)
    damage_tile(path, index=6)
    damage_tile(path, index=13)
    return path


def write_dicom(folder: Path) -> Path:
    write_dicom_wsi(
        folder / "slide", tissue_picture(), transfer_syntax="1.2.840.10008.1.2.4.80"
    )
    return folder / "slide"


@pytest.mark.parametrize("write", [write_svs, write_damaged, write_dicom])
@pytest.mark.parametrize("direct", [True, False])
def test_threads_see_what_one_reader_sees(
    tmp_path: Path, write: object, direct: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert callable(write)
    if not direct:
        monkeypatch.setattr("dragonfly.slide.indexed_reader.INDEXED_VENDORS", ())
    path = write(tmp_path)
    with open_slide(path) as slide:
        alone = [slide.read_region(region, Size(100, 75)) for region in REGIONS]
    with open_slide(path) as slide, ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(slide.read_region, r, Size(100, 75)) for r in REGIONS * 3]
        together = [job.result() for job in jobs]
    for one, other in zip(alone * 3, together, strict=True):
        assert np.array_equal(one, other)
