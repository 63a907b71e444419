import argparse
from pathlib import Path

import pytest

from dragonfly.mini.synthetic import RecipeError, command, demo_recipe, truth_of


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return parser.parse_args(words)


def test_slides_and_their_truth_are_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--out", str(tmp_path), "--count", "2", "--side", "2048", "--seed", "1")
    assert command.run(parsed(*words)) == 0
    slides = sorted(tmp_path.glob("*.svs"))
    assert len(slides) == 2
    assert all(truth_of(slide).recipe.side_px == 2048 for slide in slides)
    assert "SYNTHETIC" in capsys.readouterr().out


def test_one_slide_without_further_wishes_is_the_demo_slide() -> None:
    assert command.chosen_recipes(1, None, None) == (demo_recipe(),)


def test_the_demo_slide_hides_two_or_three_targets() -> None:
    assert 2 <= len(demo_recipe().targets) <= 3


def test_no_slide_at_all_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parsed("--out", "x", "--count", "0")
    assert "at least one" in capsys.readouterr().err


def test_an_impossible_side_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecipeError):
        command.run(parsed("--out", str(tmp_path), "--side", "999"))
