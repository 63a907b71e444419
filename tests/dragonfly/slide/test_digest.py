"""The digest names the slide's bytes and nothing else."""

import hashlib
from pathlib import Path

from dragonfly.slide import open_slide
from tests.slides import write_dicom_wsi, write_pyramid


def test_one_file_gives_the_sha256_of_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "slide.svs"
    write_pyramid(path)
    with open_slide(path) as slide:
        assert slide.digest == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_folder_gives_the_digest_of_its_sorted_names_and_files(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "slide"
    write_dicom_wsi(folder)
    lines = "".join(
        f"{name}\0{hashlib.sha256((folder / name).read_bytes()).hexdigest()}\n"
        for name in ("level1.dcm", "level2.dcm")
    )
    with open_slide(folder) as slide, open_slide(folder / "level2.dcm") as same:
        assert slide.digest == hashlib.sha256(lines.encode()).hexdigest()
        assert same.digest == slide.digest


def test_the_digest_is_read_once(tmp_path: Path) -> None:
    path = tmp_path / "slide.svs"
    write_pyramid(path)
    with open_slide(path) as slide:
        first = slide.digest
        path.write_bytes(b"replaced")
        assert slide.digest == first


def test_a_changed_file_has_another_digest(tmp_path: Path) -> None:
    path = tmp_path / "slide.svs"
    write_pyramid(path)
    with open_slide(path) as slide:
        before = slide.digest
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with open_slide(path) as slide:
        assert slide.digest == hashlib.sha256(content).hexdigest() != before
