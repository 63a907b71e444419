"""Labels, macros and names leave a TIFF; its levels stay as they are."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

from dragonfly.errors import SlideError
from dragonfly.slide import deidentify as deidentify_module
from dragonfly.slide import open_slide
from dragonfly.slide.deidentify import Deidentified, deidentify
from tests.slides import tissue_picture, write_pyramid

NAME = b"Mustermann"


def slide_with_label(folder: Path, **options: object) -> Path:
    path = folder / "slide.svs"
    write_pyramid(path, label=tissue_picture(60, 40, seed=5), **options)  # type: ignore[arg-type]
    return path


def pages_of(file: tifffile.TiffFile) -> Any:
    return file.pages


def named(path: Path) -> Path:
    """An Aperio slide whose descriptions name somebody, as scanners write them."""
    write_pyramid(path)
    extra = f"|User = {NAME.decode()}|Date = 12/29/09|Barcode = 4711|MPP = 0.5"
    with tifffile.TiffFile(path) as file:
        tags = [page.tags[270] for page in pages_of(file)]
        texts = [tag.value.replace("|MPP = 0.5", extra) for tag in tags]
    for index, text in enumerate(texts):
        with tifffile.TiffFile(path, mode="r+") as file:
            pages_of(file)[index].tags[270].overwrite(text)
    assert NAME in path.read_bytes()
    return path


def test_the_label_is_kept_apart_and_leaves_the_file(tmp_path: Path) -> None:
    path = slide_with_label(tmp_path)
    label = tissue_picture(60, 40, seed=5)
    assert label.tobytes() in path.read_bytes()
    done = deidentify(path, tmp_path / "private")
    assert done == Deidentified(pictures=("label",), notes=())
    assert label.tobytes() not in path.read_bytes()
    with open_slide(path) as slide:
        assert len(slide.associated_images) == 0
    with open_slide(tmp_path / "private" / "label.png") as copy:
        assert (copy.thumbnail(copy.size) == label).all()


@pytest.mark.parametrize("aperio", [True, False])
def test_the_levels_stay_as_they_were(tmp_path: Path, aperio: bool) -> None:
    path = tmp_path / "slide.tif"
    write_pyramid(path, aperio=aperio)
    with open_slide(path) as slide:
        before = slide.thumbnail(slide.size), slide.levels, slide.mpp
    deidentify(path, tmp_path / "private")
    with open_slide(path) as slide:
        after = slide.thumbnail(slide.size), slide.levels, slide.mpp
    assert np.array_equal(before[0], after[0])
    assert before[1:] == after[1:]


def test_doing_it_again_changes_nothing(tmp_path: Path) -> None:
    path = slide_with_label(tmp_path)
    first = deidentify(path, tmp_path / "private")
    cleaned = path.read_bytes()
    assert deidentify(path, tmp_path / "private") == first
    assert path.read_bytes() == cleaned


def test_a_cleaning_cut_off_after_the_pixels_is_finished(tmp_path: Path) -> None:
    path = slide_with_label(tmp_path)
    with tifffile.TiffFile(path) as file:
        label = pages_of(file)[-1]
        spans = list(zip(label.dataoffsets, label.databytecounts, strict=True))
    deidentify(path, tmp_path / "private")
    again = slide_with_label(tmp_path)
    with again.open("r+b") as raw:
        for offset, length in spans:
            raw.seek(offset)
            raw.write(bytes(length))
    assert deidentify(again, tmp_path / "private").pictures == ("label",)
    with open_slide(again) as slide:
        assert len(slide.associated_images) == 0


def test_names_dates_and_barcodes_leave_the_description(tmp_path: Path) -> None:
    path = named(tmp_path / "slide.svs")
    deidentify(path, tmp_path / "private")
    text = path.read_bytes()
    assert not any(word in text for word in (NAME, b"12/29/09", b"4711"))
    with open_slide(path) as slide:
        assert (slide.mpp, slide.magnification) == (0.5, 20)


def test_a_generic_description_is_blanked(tmp_path: Path) -> None:
    path = tmp_path / "slide.tif"
    tifffile.imwrite(
        path,
        tissue_picture(256, 256),
        tile=(128, 128),
        photometric="rgb",
        description=f"<OME><Experimenter>{NAME.decode()}</Experimenter></OME>",
        datetime="2020:01:02 03:04:05",
        metadata=None,
    )
    deidentify(path, tmp_path / "private")
    assert NAME not in path.read_bytes()
    assert b"2020:01:02" not in path.read_bytes()


def test_a_label_named_by_number_alone_is_found(tmp_path: Path) -> None:
    """As the Aperio GT450 writes it: no word in the description, subfile type 1."""
    path = slide_with_label(tmp_path)
    with tifffile.TiffFile(path, mode="r+") as file:
        pages_of(file)[-1].tags[270].overwrite("Aperio Leica Biosystems GT450 v1.0.1")
    deidentify(path, tmp_path / "private")
    with tifffile.TiffFile(path) as file:
        assert all(page.is_tiled for page in pages_of(file))


def test_a_slide_that_cannot_be_opened_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "slide.tif"
    path.write_bytes(b"II*\0" + bytes(100))
    with pytest.raises(SlideError):
        deidentify(path, tmp_path / "private")
    assert path.read_bytes() == b"II*\0" + bytes(100)


def test_a_label_that_cannot_be_removed_is_noted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with vendors whose files are not rewritten here."""
    path = slide_with_label(tmp_path)
    monkeypatch.setattr(deidentify_module, "_TIFF", set())
    before = path.read_bytes()
    done = deidentify(path, tmp_path / "private")
    assert [note.code for note in done.notes] == ["LABEL_IN_FILE"]
    assert done.pictures == ("label",)
    assert path.read_bytes() == before
