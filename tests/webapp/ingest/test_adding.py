"""A slide from a file that is on the server already, such as the demo slide."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.slides import write_dicom_wsi, write_pyramid
from tests.webapp.ingest.arriving import after_ingest
from webapp.accounts.models import User
from webapp.slides.services import add_slide

pytestmark = pytest.mark.usefixtures("valkey")


def test_a_copy_of_a_file_becomes_a_slide(alice: User, tmp_path: Path) -> None:
    write_pyramid(tmp_path / "demo.svs")
    before = (tmp_path / "demo.svs").read_bytes()
    slide = after_ingest(add_slide(alice, tmp_path / "demo.svs", "Demo", is_demo=True))
    assert (slide.state, slide.name, slide.is_demo) == ("ready", "Demo", True)
    assert slide.entry.endswith("/slide.svs")
    assert (tmp_path / "demo.svs").read_bytes() == before


def test_a_copy_of_a_folder_becomes_a_slide(alice: User, tmp_path: Path) -> None:
    write_dicom_wsi(tmp_path / "series")
    slide = after_ingest(add_slide(alice, tmp_path / "series", "Series"))
    assert (slide.state, slide.width) == ("ready", 640)
    assert (tmp_path / "series" / "level1.dcm").is_file()
