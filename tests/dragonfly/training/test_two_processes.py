"""Two processes learn what one learns from the same global batch."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file

from dragonfly.training.metrics import read_metrics
from tests.dragonfly.training.conftest import Runner


def launch(file: Path) -> None:
    launcher = [sys.executable, "-m", "torch.distributed.run"]
    processes = ["--nproc-per-node=2", "--standalone"]
    module = ["-m", "tests.dragonfly.training.two_processes", str(file)]
    done = subprocess.run(
        [*launcher, *processes, *module], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.fixture
def changes(runner: Runner) -> dict[str, Any]:
    texts = {"name": "sums", "path": str(runner.data / "text.jsonl"), "stream": "text"}
    images = {"name": "made", "path": str(runner.data / "rows.jsonl")}
    held_out = {"name": "held", "path": str(runner.data / "held_out.jsonl")}
    return {
        "data": {
            "sources": [images, texts],
            "text_every": 2,
            "validation": [held_out],
        },
        "optimizer": {"micro_batch_size": 1, "learning_rate": 0.003},
    }


def test_the_loss_curve_is_that_of_one_process(
    runner: Runner, changes: dict[str, Any]
) -> None:
    one = read_metrics(runner.train("one", **changes))
    launch(runner.write("two", **changes))
    two = read_metrics(runner.folder / "two")
    for name in ("loss", "gradient_norm", "loss_text"):
        wanted = [r[name] for r in one if name in r]
        assert [r[name] for r in two if name in r] == pytest.approx(wanted, rel=1e-4)
    assert len(two) == len(one)
    assert_same_weights(runner.folder / "one", runner.folder / "two")


def assert_same_weights(one: Path, two: Path) -> None:
    first = load_file(one / "final" / "model.safetensors")
    second = load_file(two / "final" / "model.safetensors")
    # Adam turns a rounding error of a tiny gradient into a step of almost full size.
    for name, weights in first.items():
        assert (weights - second[name]).abs().max() < 1e-3, name
