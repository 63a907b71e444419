"""A run that was killed goes on as if nothing had happened."""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from dragonfly.training.errors import TrainingError
from dragonfly.training.metrics import read_metrics
from dragonfly.training.state import list_checkpoints
from tests.dragonfly.training.conftest import Runner

# Dropout draws from the random state, a text batch comes every second step, and the
# kill strikes between two checkpoints in the middle of the second epoch.
CHANGES: dict[str, Any] = {
    "trained": ["projector", "encoder"],
    "lora": {"rank": 2, "dropout": 0.3, "targets": ["q_proj", "v_proj"]},
    "optimizer": {"steps": 8, "batch_size": 4, "micro_batch_size": 2},
    "run": {"save_every": 2},
}


def with_text(runner: Runner) -> dict[str, Any]:
    texts = {"name": "sums", "path": str(runner.data / "text.jsonl"), "stream": "text"}
    images = {"name": "made", "path": str(runner.data / "rows.jsonl")}
    return CHANGES | {"data": {"sources": [images, texts], "text_every": 2}}


def kill(runner: Runner, name: str, step: int, **changes: Any) -> int:
    file = runner.write(name, **changes)
    command = [sys.executable, "-m", "tests.dragonfly.training.kill_run"]
    return subprocess.run([*command, str(file), str(step)], check=False).returncode


def weights(run: Path) -> dict[str, torch.Tensor]:
    return dict(load_file(run / "final" / "model.safetensors"))


def test_a_killed_run_ends_with_the_same_weights(runner: Runner) -> None:
    changes = with_text(runner)
    unbroken = weights(runner.train("unbroken", **changes))
    assert kill(runner, "broken", 5, **changes) == -signal.SIGKILL
    resumed = weights(runner.train("broken", resume=True, **changes))
    assert resumed.keys() == unbroken.keys()
    assert all(torch.equal(resumed[name], unbroken[name]) for name in unbroken)


def test_a_killed_run_records_each_step_once(runner: Runner) -> None:
    kill(runner, "broken", 5, **CHANGES)
    records = read_metrics(runner.train("broken", resume=True, **CHANGES))
    assert [r["step"] for r in records if r["kind"] == "step"] == [*range(1, 9)]


def test_resuming_over_other_data_is_refused(runner: Runner) -> None:
    runner.train()
    with pytest.raises(TrainingError) as refused:
        runner.train(resume=True, optimizer={"batch_size": 2, "steps": 12})
    assert refused.value.code == "RESUME_MISMATCH"


def test_resuming_with_other_trained_parts_is_refused(runner: Runner) -> None:
    runner.train()
    with pytest.raises(TrainingError) as refused:
        runner.train(resume=True, trained=["projector"])
    assert refused.value.code == "RESUME_MISMATCH"


def test_resuming_where_nothing_was_saved_starts_anew(runner: Runner) -> None:
    assert (runner.train(resume=True) / "final").is_dir()


def test_a_half_written_checkpoint_is_not_resumed(runner: Runner) -> None:
    run = runner.train()
    newest = list_checkpoints(run / "checkpoints")[-1]
    newest.rename(newest.with_name("step-00000099.partial"))
    assert list_checkpoints(run / "checkpoints")[-1].name == "step-00000003"
