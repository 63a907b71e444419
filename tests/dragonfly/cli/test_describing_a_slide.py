"""`dragonfly describe` tells what a slide holds, without torch."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from dragonfly.__main__ import main
from tests.slides import write_pyramid


@pytest.fixture
def slide(tmp_path: Path) -> str:
    write_pyramid(tmp_path / "slide.svs", mpp=0.25, magnification=40)
    return str(tmp_path / "slide.svs")


def test_levels_pixel_size_and_its_source_are_told(
    slide: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["describe", slide, "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["mpp"], facts["mpp_source"]) == (0.25, "file")
    assert facts["magnification"] == 40
    assert [level["width"] for level in facts["levels"]] == [640, 320, 160]
    assert facts["vendor"] == "aperio"


def test_a_person_reads_a_table(slide: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["describe", slide]) == 0
    assert "downsample" in capsys.readouterr().out


def test_an_unknown_file_ends_with_its_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes.svs").write_text("not a slide")
    assert main(["describe", str(tmp_path / "notes.svs")]) == 1
    assert capsys.readouterr().err.startswith("FORMAT_UNKNOWN: ")


def test_torch_is_not_imported(slide: str) -> None:
    check = (
        "import sys; from dragonfly.__main__ import main; "
        f"main(['describe', {slide!r}]); sys.exit('torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", check], capture_output=True, check=False
    )
    assert done.returncode == 0
