"""`dragonfly doctor` says what works here and what to do about the rest."""

from pathlib import Path

import pytest

from dragonfly.__main__ import main
from dragonfly.cli.doctor import examine
from dragonfly.mini.carriers import Carrier

PARITY = Path(__file__).parents[2] / "fixtures" / "parity"


def test_everything_works_with_a_model(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--model", str(PARITY / "v1")]) == 0
    printed = capsys.readouterr().out
    assert "850 visual tokens" in printed.replace("\n", "")


def test_every_picture_transfer_syntax_has_a_decoder() -> None:
    (finding,) = [f for f in examine("absent") if f.name == "DICOM decoders"]
    assert finding.works, finding.words


def test_without_a_model_dragonfly_mini_is_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("dragonfly.mini.build.build_mini", lambda: PARITY / "v1")
    (finding,) = [f for f in examine(None) if f.name == "model"]
    assert finding.works
    assert "850 visual tokens" in finding.words


def test_a_missing_part_of_it_is_named_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    absent = Carrier("absent==1", "no_such_package_here", "x")
    monkeypatch.setattr("dragonfly.mini.build.VISION", absent)
    (finding,) = [f for f in examine(None) if f.name == "model"]
    assert not finding.works
    assert "make setup" in finding.words


def test_a_broken_model_is_named_with_its_code(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{")
    (finding,) = [f for f in examine(str(tmp_path)) if f.name == "model"]
    assert not finding.works
    assert finding.words.startswith("CHECKPOINT_")
