"""`dragonfly ask` streams an answer, shows its evidence and draws it."""

import json
from pathlib import Path

import pytest
from PIL import Image

from dragonfly.__main__ import main
from dragonfly.mini.carriers import Carrier
from tests.slides import write_pyramid

PARITY = Path(__file__).parents[2] / "fixtures" / "parity"


@pytest.fixture
def slide(tmp_path: Path) -> str:
    write_pyramid(tmp_path / "a slide 😐.svs")
    return str(tmp_path / "a slide 😐.svs")


def ask(slide: str, *more: str, model: str = "v2") -> int:
    few = ["--max-new-tokens", "4", "--dtype", "float32"]
    path = str(PARITY / model)
    return main(["ask", slide, "What is this?", "--model", path, *few, *more])


def test_the_answer_and_its_evidence_are_printed(
    slide: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(slide) == 0
    printed, notices = capsys.readouterr()
    assert "Evidence" in printed
    assert "attention" in printed
    assert "Research use only" in printed
    assert "writing from 2057 visual tokens" in notices


def test_json_on_stdout_is_the_whole_answer(
    slide: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(slide, "--json", "--region", "10,20,200,100", "--seed", "3") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["provenance"]["region"] == {
        "x": 10,
        "y": 20,
        "width": 200,
        "height": 100,
    }
    assert answer["provenance"]["seed"] == 3
    assert answer["evidence"][0]["number"] == 1
    assert answer["intended_use"].startswith("Research use only.")


def test_the_overlay_is_drawn_on_a_thumbnail(slide: str, tmp_path: Path) -> None:
    target = tmp_path / "overlay.png"
    assert ask(slide, "--overlay", str(target), model="v1") == 0
    with Image.open(target) as overlay:
        assert overlay.width == 640
        assert (255, 196, 0) in {colour for _, colour in overlay.getcolors(10**6) or []}


def test_the_model_may_come_from_the_environment(
    slide: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DRAGONFLY_MODEL", str(PARITY / "v1"))
    assert main(["ask", slide, "What is this?", "--max-new-tokens", "2"]) == 0


def test_without_a_model_dragonfly_mini_is_asked(
    slide: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DRAGONFLY_MODEL", raising=False)
    monkeypatch.setattr(
        "dragonfly.cli.model.build_mini", lambda: PARITY / "v1", raising=True
    )
    assert main(["ask", slide, "What is this?", "--max-new-tokens", "2"]) == 0


def test_without_its_parts_it_says_how_to_get_them(
    slide: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("DRAGONFLY_MODEL", raising=False)
    absent = Carrier("absent==1", "no_such_package_here", "x")
    monkeypatch.setattr("dragonfly.mini.build.LANGUAGE", absent)
    assert main(["ask", slide, "What is this?"]) == 1
    notices = capsys.readouterr().err
    assert notices.startswith("MINI_PARTS_MISSING: ")
    assert "make setup" in notices


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (["--region", "9000,0,50,50"], "REGION_OUTSIDE"),
        (["--region", "0,0,5,5"], "REGION_TOO_SMALL"),
    ],
)
def test_a_refusal_is_a_code_and_a_sentence_on_stderr(
    slide: str, more: list[str], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(slide, *more) == 1
    printed, notices = capsys.readouterr()
    assert f"{code}: " in notices
    assert not printed


def test_a_missing_slide_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(str(tmp_path / "none.svs")) == 1
    assert capsys.readouterr().err.startswith("FILE_MISSING: ")


@pytest.mark.parametrize("text", ["1,2,3", "a,b,c,d", "0,0,0,5", "1.5,2,3,4"])
def test_a_malformed_region_is_a_usage_error(slide: str, text: str) -> None:
    with pytest.raises(SystemExit) as caught:
        ask(slide, "--region", text)
    assert caught.value.code == 2
