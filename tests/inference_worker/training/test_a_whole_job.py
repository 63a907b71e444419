"""A fine-tune job with real processes: killed in the middle, finished all the same."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from accelerate.state import AcceleratorState, PartialState
from rich.console import Console
from safetensors.torch import load_file

from dragonfly.model.digest import checkpoint_digest
from dragonfly.training.args_file import read_train_args
from dragonfly.training.session import train
from inference_worker.messages import TrainingEnded
from inference_worker.training import training
from inference_worker.training.training import Training, Wish
from tests.inference_worker.training.conftest import Office


@pytest.fixture
def ended(
    job: Callable[..., Training], office: Office, monkeypatch: pytest.MonkeyPatch
) -> tuple[Training, TrainingEnded]:
    """The job, whose trainer was killed as soon as it had a checkpoint."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setattr(training, "TELL_S", 0.0)
    attempt = job()
    fix_questions(attempt)

    def kill_once() -> Wish:
        if attempt._checkpoint() and not killed:
            killed.append(int((attempt.run.folder / "group").read_text()))
            os.killpg(killed[0], signal.SIGKILL)
        return ""

    killed: list[int] = []
    office.wishes = kill_once
    end = attempt.end()
    assert killed
    return attempt, end


def fix_questions(attempt: Training) -> None:
    """One about the slide, and one about a slide that went away meanwhile."""
    folder, data = attempt.run.folder / "fixed", attempt._data()
    folder.mkdir()
    (digest,) = json.loads((data / "slides.json").read_text())
    index = {digest: str(data / "slide.svs"), "gone": "gone.svs"}
    (folder / "slides.json").write_text(json.dumps(index))
    rows = [
        {"slide": slide, "region": [0, 0, 64, 64], "question": "Fat?", "answer": ""}
        for slide in index
    ]
    lines = "".join(f"{json.dumps(row)}\n" for row in rows)
    (folder / "rows.jsonl").write_text(lines)


def unbroken(attempt: Training, folder: Path) -> Path:
    """The same configuration in this process, without a break."""
    output = {"run": {"output": str(folder)}}
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    AcceleratorState._reset_state(True)
    PartialState._reset_state()
    final = train(read_train_args(attempt.run.config, output), Console(quiet=True))
    torch.set_num_threads(threads)
    assert final is not None
    return final


def test_a_killed_trainer_goes_on_and_ends_with_the_weights_of_an_unbroken_run(
    ended: tuple[Training, TrainingEnded], office: Office, tmp_path: Path
) -> None:
    attempt, end = ended

    assert end.outcome == "succeeded", (end.message, end.log)
    assert end.model is not None
    published = Path(end.model.path)
    assert checkpoint_digest(published) == end.model.digest
    resumed = load_file(published / "model.safetensors")
    whole = load_file(unbroken(attempt, tmp_path / "unbroken") / "model.safetensors")
    assert all(torch.equal(resumed[name], whole[name]) for name in whole)
    assert not (attempt.run.output / "checkpoints").exists()
    evaluation = end.evaluation
    assert (evaluation["items"], evaluation["groups"]) == (2, 2)
    difference = evaluation["differences"]["right"]
    assert difference["low"] <= difference["value"] <= difference["high"]
    assert [each["expected"] for each in evaluation["examples"]] == ["no", "yes"]
    assert evaluation["candidate"]["memory_bytes"] > 1 << 20
    said = (attempt.run.folder / f"answers-{end.model.digest}.jsonl").read_text()
    assert all(0 < json.loads(x)["certainty"] <= 1 for x in said.splitlines()[:-1])
    steps = [r["step"] for told in office.told for r in told.records if "loss" in r]
    assert max(steps) == 6
    assert json.dumps(end.recipe)
    here, gone = evaluation["fixed"]
    assert here["active"]
    assert here["active_evidence"]
    assert (gone["slide"], gone["active"], gone["candidate"]) == ("gone", "", "")
