"""Stored JPEG tiles are read directly only where OpenSlide would show the same."""

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import openslide
import pytest
import simplejpeg

from dragonfly.geometry import Region, Size
from dragonfly.slide import indexed_reader, open_slide, tile_index
from tests.slides import Picture, write_pyramid


def through_openslide(path: Path, region: Region) -> Picture:
    with openslide.OpenSlide(path) as slide:
        image = slide.read_region(
            (region.x, region.y), 0, (region.width, region.height)
        )
    return np.asarray(image.convert("RGB"))


@pytest.mark.parametrize("subsampling", ["444", "422", "420"])
@pytest.mark.parametrize("shared_tables", [True, False])
def test_direct_reading_agrees_with_openslide(
    tmp_path: Path, subsampling: str, shared_tables: bool
) -> None:
    path = tmp_path / "slide.svs"
    write_pyramid(path, subsampling=subsampling, shared_tables=shared_tables)
    region = Region(37, 41, 333, 222)
    with open_slide(path) as slide:
        pixels = slide.read_region(region, region.size)
        assert [note.code for note in slide.notes] == []
    assert np.abs(pixels.astype(int) - through_openslide(path, region)).mean() < 1


def test_tiles_stored_as_rgb_keep_their_colours(tmp_path: Path) -> None:
    path = tmp_path / "slide.svs"
    picture = write_pyramid(path, stored_as_rgb=True, shared_tables=True)
    with open_slide(path) as slide:
        pixels = slide.read_region(Region.of(slide.size), slide.size)
        jpeg = slide.tile_jpeg(slide.grid.last_z, 1, 1)
    assert np.abs(pixels.astype(int) - picture).mean() < 2
    shown = simplejpeg.decode_jpeg(jpeg).astype(int)
    assert np.abs(shown - picture[128:256, 128:256]).mean() < 2


def test_a_stored_tile_is_handed_on_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "slide.svs"
    write_pyramid(path)
    with open_slide(path) as slide:
        jpeg = slide.tile_jpeg(slide.grid.last_z, 2, 1)
        pixels = slide.tile(slide.grid.last_z, 2, 1)
    assert jpeg in path.read_bytes()
    assert (simplejpeg.decode_jpeg(jpeg) == pixels).all()


def test_a_bulk_read_decodes_each_stored_tile_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "slide.svs"
    write_pyramid(path, downsamples=(1,))
    slide = open_slide(path)
    decoded: Counter[bytes] = Counter()
    real = simplejpeg.decode_jpeg

    def counting(data: bytes, *args: Any, **options: Any) -> Any:
        decoded[data] += 1
        return real(data, *args, **options)

    monkeypatch.setattr(simplejpeg, "decode_jpeg", counting)
    slide.read_region(Region.of(slide.size), Size(200, 160))
    assert len(decoded) == 20
    assert set(decoded.values()) <= {1}
    decoded.clear()
    slide.read_region(Region(10, 10, 300, 300), Size(300, 300))
    assert not decoded
    slide.close()


def test_a_level_that_disagrees_is_left_to_openslide(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "slide.svs"
    picture = write_pyramid(path, stored_as_rgb=True)
    # Without the marker the stored RGB would be taken for YCbCr: false colours.
    monkeypatch.setattr(tile_index, "ADOBE_RGB", b"")
    with open_slide(path) as slide:
        pixels = slide.read_region(Region.of(slide.size), slide.size)
        assert "DIRECT_READING_OFF" in [note.code for note in slide.notes]
    assert np.abs(pixels.astype(int) - picture).mean() < 2


def test_scaled_decoding_serves_the_fast_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "slide.svs"
    write_pyramid(path, downsamples=(1,))
    shrinks: list[int] = []
    real = indexed_reader.IndexedReader.read

    def noting(reader: Any, level: int, box: Region, shrink: int = 1) -> Picture:
        shrinks.append(shrink)
        return real(reader, level, box, shrink)

    monkeypatch.setattr(indexed_reader.IndexedReader, "read", noting)
    with open_slide(path) as slide:
        slide.read_region(Region.of(slide.size), Size(150, 120), "fast")
        slide.read_region(Region.of(slide.size), Size(150, 120), "strict")
    assert shrinks == [4, 1]
