"""What cannot be opened is refused with a stable code and a sentence, never a crash."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydicom.uid import UID, ExplicitVRLittleEndian

from dragonfly.errors import SlideError
from dragonfly.slide import Limits, open_slide
from tests.slides import (
    dicom_dataset,
    tissue_picture,
    truncate,
    write_bomb_png,
    write_dicom_image,
    write_dicom_wsi,
    write_pyramid,
)

BASIC_TEXT_SR = "1.2.840.10008.5.1.4.1.1.88.11"


def code_of(path: Path, limits: Limits | None = None, frame: int = 0) -> str:
    with pytest.raises(SlideError) as refusal:
        open_slide(path, limits=limits, frame=frame)
    assert refusal.value.message.endswith((".", "bigtiff"))
    return refusal.value.code


def test_a_missing_file(tmp_path: Path) -> None:
    assert code_of(tmp_path / "no.svs") == "FILE_MISSING"


def test_a_name_that_no_file_can_have(tmp_path: Path) -> None:
    assert code_of(tmp_path / ("x" * 300)) == "FILE_MISSING"
    assert code_of(Path("nul\0.svs")) == "FILE_MISSING"


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "empty.svs").touch()
    assert code_of(tmp_path / "empty.svs") == "FILE_EMPTY"


@pytest.mark.parametrize(
    "content", [b"x", b"hello, world" * 99, bytes(5000), b"%PDF-1.7\n", b"II*\x01"]
)
def test_a_file_of_another_kind(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "odd.svs").write_bytes(content)
    assert code_of(tmp_path / "odd.svs") == "FORMAT_UNKNOWN"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_truncated_slide(tmp_path: Path, share: float) -> None:
    write_pyramid(tmp_path / "cut.svs")
    truncate(tmp_path / "cut.svs", share)
    assert code_of(tmp_path / "cut.svs") == "FORMAT_CORRUPT"


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".tif"])
def test_a_truncated_picture(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"cut{suffix}"
    Image.fromarray(tissue_picture()).save(path)
    truncate(path, 0.6)
    assert code_of(path) == "FORMAT_CORRUPT"


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, "1.2.840.10008.1.2.5"])
def test_a_truncated_dicom_image(tmp_path: Path, syntax: str) -> None:
    path = tmp_path / "cut.dcm"
    write_dicom_image(path, tissue_picture(), transfer_syntax=syntax)
    truncate(path, 0.7)
    assert code_of(path) == "FORMAT_CORRUPT"


def test_dicom_that_lacks_only_its_last_frame(tmp_path: Path) -> None:
    frames = np.zeros((3, 64, 64), np.uint8)
    write_dicom_image(tmp_path / "a.dcm", frames, frames=3)
    truncate(tmp_path / "a.dcm", 0.9)
    assert code_of(tmp_path / "a.dcm") == "FORMAT_CORRUPT"


def test_a_mirax_slide_without_its_folder(tmp_path: Path) -> None:
    Image.fromarray(tissue_picture(64, 64)).save(tmp_path / "slide.mrxs", "JPEG")
    assert code_of(tmp_path / "slide.mrxs") == "FORMAT_COMPANION_MISSING"
    (tmp_path / "slide").mkdir()
    assert code_of(tmp_path / "slide.mrxs") == "FORMAT_COMPANION_MISSING"


def test_a_hamamatsu_slide_without_its_pictures(tmp_path: Path) -> None:
    text = "[Virtual Microscope Specimen]\nImageFile=gone.jpg\nMapFile=map.jpg\n"
    (tmp_path / "slide.vms").write_text(text)
    assert code_of(tmp_path / "slide.vms") == "FORMAT_COMPANION_MISSING"


def test_dicom_without_a_picture(tmp_path: Path) -> None:
    report = dicom_dataset(BASIC_TEXT_SR, ExplicitVRLittleEndian)
    report.save_as(tmp_path / "report.dcm", enforce_file_format=True)
    assert code_of(tmp_path / "report.dcm") == "DICOM_NOT_IMAGE"


def test_dicom_compressed_in_an_unknown_way(tmp_path: Path) -> None:
    dataset = write_dicom_image(tmp_path / "a.dcm", tissue_picture(64, 64))
    dataset.file_meta.TransferSyntaxUID = UID("1.2.840.10008.1.2.4.100")
    dataset["PixelData"].is_undefined_length = True
    dataset.PixelData = b"\xfe\xff\x00\xe0\0\0\0\0\xfe\xff\x00\xe0\x02\0\0\0ab"
    dataset.save_as(tmp_path / "video.dcm")
    assert code_of(tmp_path / "video.dcm") == "DICOM_TRANSFER_SYNTAX"


def test_dicom_that_claims_more_pixels_than_it_has(tmp_path: Path) -> None:
    picture = np.zeros((8, 8), np.uint16)
    write_dicom_image(tmp_path / "a.dcm", picture, Rows=9000, Columns=9000)
    assert code_of(tmp_path / "a.dcm") == "FORMAT_CORRUPT"
    write_dicom_image(tmp_path / "b.dcm", picture, Rows=0)
    assert code_of(tmp_path / "b.dcm") == "FORMAT_CORRUPT"


def test_a_frame_that_the_file_does_not_have(tmp_path: Path) -> None:
    write_dicom_image(tmp_path / "a.dcm", np.zeros((3, 8, 8), np.uint8), frames=3)
    assert code_of(tmp_path / "a.dcm", frame=3) == "FRAME_OUTSIDE"
    assert code_of(tmp_path / "a.dcm", frame=-1) == "FRAME_OUTSIDE"


@pytest.mark.parametrize("side", [9_500, 12_000, 30_000])
def test_a_decompression_bomb(tmp_path: Path, side: int) -> None:
    write_bomb_png(tmp_path / "bomb.png", side)
    limits = Limits(max_image_pixels=90_000_000)
    assert code_of(tmp_path / "bomb.png", limits) == "IMAGE_TOO_LARGE"


def test_a_large_tiff_without_levels_says_what_to_do(tmp_path: Path) -> None:
    limits = Limits(max_image_pixels=20_000, max_coarsest_pixels=20_000)
    Image.fromarray(tissue_picture(300, 300)).save(tmp_path / "flat.tif")
    write_pyramid(tmp_path / "tiled.tif", downsamples=(1,))
    for name in ("flat.tif", "tiled.tif"):
        assert code_of(tmp_path / name, limits) == "SLIDE_NOT_PYRAMIDAL"


def test_tiles_too_large_to_decode(tmp_path: Path) -> None:
    write_pyramid(tmp_path / "a.svs", downsamples=(1,))
    limits = Limits(max_image_pixels=128 * 128 - 1)
    assert code_of(tmp_path / "a.svs", limits) == "IMAGE_TOO_LARGE"


def test_a_slide_of_too_many_bytes(tmp_path: Path) -> None:
    write_pyramid(tmp_path / "a.svs")
    assert code_of(tmp_path / "a.svs", Limits(max_file_bytes=99)) == "IMAGE_TOO_LARGE"


def test_a_link_out_of_its_folder(tmp_path: Path) -> None:
    write_pyramid(tmp_path / "a.svs")
    inside = tmp_path / "inside"
    write_dicom_wsi(inside)
    (inside / "link.svs").symlink_to(tmp_path / "a.svs")
    assert code_of(inside / "link.svs") == "PATH_OUTSIDE"
    assert code_of(inside) == "PATH_OUTSIDE"


def test_a_link_within_its_folder_is_followed(tmp_path: Path) -> None:
    write_pyramid(tmp_path / "a.svs")
    (tmp_path / "link.svs").symlink_to("a.svs")
    with open_slide(tmp_path / "link.svs") as slide:
        assert slide.size.width == 640


def test_links_that_go_round_in_circles(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    assert code_of(tmp_path / "a") == "FILE_MISSING"


def test_folders_without_a_slide(tmp_path: Path) -> None:
    assert code_of(tmp_path) == "FORMAT_UNKNOWN"
    (tmp_path / "notes.txt").write_text("nothing")
    assert code_of(tmp_path) == "FORMAT_UNKNOWN"


def test_a_folder_of_two_slides(tmp_path: Path) -> None:
    write_dicom_wsi(tmp_path / "one")
    write_dicom_wsi(tmp_path / "two")
    assert code_of(tmp_path) == "SLIDE_AMBIGUOUS"


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.svs")
    assert code_of(tmp_path / "pipe.svs") == "FORMAT_UNKNOWN"


def test_a_file_that_may_not_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_pyramid(tmp_path / "a.svs")
    (tmp_path / "a.svs").chmod(0)
    # The superuser may read everything, so the answer of the system is played.
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert code_of(tmp_path / "a.svs") == "FILE_NO_PERMISSION"


@pytest.mark.parametrize("where", range(0, 4000, 500))
def test_random_damage_never_escapes_as_another_error(
    tmp_path: Path, where: int
) -> None:
    makers: list[Callable[[Path], object]] = [write_pyramid, _dicom, _png]
    for number, make in enumerate(makers):
        path = tmp_path / f"{number}.svs"
        make(path)
        data = bytearray(path.read_bytes())
        data[where % len(data) :: 997] = b"\xff" * len(data[where % len(data) :: 997])
        path.write_bytes(data)
        with suppress(SlideError), open_slide(path) as slide:
            assert slide.thumbnail(slide.size).shape[2] == 3


def _dicom(path: Path) -> None:
    write_dicom_image(
        path, tissue_picture(64, 64), transfer_syntax="1.2.840.10008.1.2.5"
    )


def _png(path: Path) -> None:
    Image.fromarray(tissue_picture(64, 64)).save(path, "PNG")
