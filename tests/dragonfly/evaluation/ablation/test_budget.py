"""What runs saw is read from what they left, and unequal runs are told apart."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from dragonfly.evaluation.ablation.budget import Budget, differences, read_budget


def leave_run(folder: Path, steps: list[int]) -> Path:
    """A run of 3 steps of 2 pictures and 50 tokens, 0.5 s each."""
    final = folder / "final"
    final.mkdir()
    record: dict[str, Any] = {
        "steps": 3,
        "trained_numbers": 7,
        "examples_seen": 6,
        "examples_skipped": 0,
        "arguments": {"trained": ["projector"], "optimizer": {"batch_size": 2}},
    }
    (final / "training.json").write_text(json.dumps(record))
    rates = {"tokens_per_s": 100.0, "images_per_s": 4.0, "steps_per_s": 2.0}
    lines = [{"kind": "step", "step": n, "loss": 1 / n} | rates for n in steps]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (folder / "metrics.jsonl").write_text(text)
    return final


def budget(final: Path, places: int = 20) -> Budget:
    found = read_budget(final, places)
    assert found is not None
    return found


def test_tokens_and_seconds_are_summed_over_the_log(tmp_path: Path) -> None:
    found = budget(leave_run(tmp_path, [1, 2, 3]))
    assert (found.pictures, found.visual_tokens, found.text_tokens) == (6, 120, 30)
    assert (found.seconds, found.trained, found.last_loss) == (1.5, "projector", 1 / 3)


def test_a_log_with_gaps_gives_no_sums(tmp_path: Path) -> None:
    found = budget(leave_run(tmp_path, [2, 3]))
    assert found.steps == 3
    assert (found.pictures, found.text_tokens, found.seconds) == (None, None, None)


def test_a_checkpoint_without_a_record_has_no_known_budget(tmp_path: Path) -> None:
    assert read_budget(tmp_path, 20) is None


def test_unequal_runs_are_told_in_words(tmp_path: Path) -> None:
    one = budget(leave_run(tmp_path, [1, 2, 3]))
    assert differences([one, replace(one, visual_tokens=5, seconds=9.0)]) == []
    assert differences([one, replace(one, steps=4, text_tokens=31)]) == [
        "steps: 3, 4",
        "text tokens seen: 30, 31",
    ]
