"""Which checkpoints are kept, and stopping a run on request."""

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from dragonfly.training import loop
from dragonfly.training.metrics import read_metrics
from dragonfly.training.state import best_checkpoint, list_checkpoints
from tests.dragonfly.training.conftest import Runner


def names(run: Path) -> list[str]:
    return [each.name for each in list_checkpoints(run / "checkpoints")]


def test_the_last_few_are_kept(runner: Runner) -> None:
    run = runner.train(run={"save_every": 1, "keep_last": 2})
    assert names(run) == ["step-00000005", "step-00000006"]
    assert sorted(p.name for p in (run / "checkpoints").iterdir()) == names(run)


def test_the_best_is_kept_beside_the_last(runner: Runner) -> None:
    held_out = {"name": "held", "path": str(runner.data / "held_out.jsonl")}
    run = runner.train(
        data={"validation": [held_out]},
        optimizer={"learning_rate": 0.3, "warmup_ratio": 0.0},
        run={"save_every": 1, "keep_last": 1},
    )
    records = [r for r in read_metrics(run) if r["kind"] == "validation"]
    lowest = min(records, key=lambda r: r["loss"])
    best = best_checkpoint(run / "checkpoints")
    assert best is not None
    assert best.name == f"step-{lowest['step']:08d}"
    assert names(run) == sorted({best.name, "step-00000006"})


def test_frozen_weights_are_not_written(runner: Runner) -> None:
    run = runner.train(trained=["projector"])
    sizes = [
        sum(f.stat().st_size for f in each.iterdir())
        for each in list_checkpoints(run / "checkpoints")
    ]
    assert max(sizes) < (runner.base / "model.safetensors").stat().st_size


def test_a_checkpoint_tells_how_far_the_data_are(runner: Runner) -> None:
    run = runner.train()
    progress = json.loads((run / "checkpoints/step-00000006/progress.json").read_text())
    (stream,) = progress["plan"]["streams"]
    assert (stream["epoch"], stream["position"], stream["seed"]) == (2, 0, 42)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_run_asked_to_stop_saves_and_can_go_on(
    runner: Runner, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    whole = loop.Loop.step

    def interrupted(self: loop.Loop, step: int, *rest: Any) -> Any:
        if step == 3:
            os.kill(os.getpid(), number)
        return whole(self, step, *rest)

    monkeypatch.setattr(loop.Loop, "step", interrupted)
    run = runner.train(run={"save_every": 100})
    assert not (run / "final").exists()
    (stopped,) = names(run)
    monkeypatch.setattr(loop.Loop, "step", whole)
    assert (runner.train(resume=True, run={"save_every": 100}) / "final").is_dir()
    assert stopped in ("step-00000004", "step-00000005")
