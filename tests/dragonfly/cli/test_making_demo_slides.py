"""`dragonfly demo slides` writes slides that the program itself opens."""

import json
from pathlib import Path

import pytest

from dragonfly.__main__ import main


def test_a_small_synthetic_slide_is_written_and_described(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--out", str(tmp_path), "--count", "1", "--side", "2048"]
    assert main(["demo", "slides", *arguments, "--seed", "3"]) == 0
    (slide,) = tmp_path.glob("*.svs")
    capsys.readouterr()
    assert main(["describe", str(slide), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["width"], facts["mpp"], facts["magnification"]) == (2048, 0.25, 40)
