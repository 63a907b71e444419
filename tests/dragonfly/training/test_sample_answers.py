"""A few validation questions are answered at each checkpoint, and change nothing."""

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from dragonfly.training.errors import TrainingError
from dragonfly.training.metrics import Record, read_metrics
from tests.dragonfly.training.conftest import Runner, write_rows

LEARNED: dict[str, Any] = {
    "trained": ["projector", "language_model"],
    "optimizer": {"steps": 30, "learning_rate": 0.01},
    "run": {"save_every": 15},
}


@pytest.fixture
def asking(data: Path, tmp_path: Path) -> dict[str, Any]:
    """Rows of questions: the same to learn from and to be asked."""
    rows = [
        {"image_url": f"{n}.png", "question": f"Is cell {n} here?", "answer": "yes"}
        for n in range(4)
    ]
    sources = []
    for name in ("train", "validation"):
        file = write_rows(tmp_path / f"{name}.jsonl", rows)
        sources.append({"name": name, "path": str(file), "image_dir": str(data)})
    return {"sources": sources[:1], "validation": sources[1:]}


def samples_of(run: Path) -> list[Record]:
    return [each for each in read_metrics(run) if each["kind"] == "samples"]


def test_the_same_questions_are_answered_at_each_checkpoint(
    runner: Runner, asking: dict[str, Any]
) -> None:
    run = runner.train(data=asking | {"samples": 2}, **LEARNED)
    told = samples_of(run)
    assert [each["step"] for each in told] == [15, 30]
    questions = [[a["question"] for a in each["answers"]] for each in told]
    assert questions == [["Is cell 0 here?", "Is cell 1 here?"]] * 2
    assert [a["answer"] for a in told[-1]["answers"]] == ["yes", "yes"]


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_the_weights_are_those_of_a_run_without_samples(
    runner: Runner, asking: dict[str, Any], precision: str
) -> None:
    changes: dict[str, Any] = {
        "run": {"precision": precision},
        "lora": {"rank": 2, "alpha": 4},
    }
    changes |= {"trained": ["projector"]}
    plain = runner.train("plain", data=asking, **changes)
    asked = runner.train("asked", data=asking | {"samples": 2}, **changes)
    assert len(samples_of(asked)) == 2
    one, other = (
        load_file(run / "final" / "model.safetensors") for run in (plain, asked)
    )
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_nothing_is_asked_where_nobody_wants_it(
    runner: Runner, asking: dict[str, Any]
) -> None:
    assert samples_of(runner.train(data=asking)) == []


def test_a_negative_number_is_refused(runner: Runner) -> None:
    with pytest.raises(TrainingError, match=r"data\.samples"):
        runner.args(data={"samples": -1})
