"""The learning loop with real processes: ask, correct, accept, freeze, train, compare.

In one run the training worker is killed in the middle, with the trainer left behind
it; in another the queue. The same weights come of both, to the last bit.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.learning import Office, correct, learning

JOBS = "/api/v1/finetune-jobs"


@dataclass(frozen=True)
class Run:
    """One fine-tune job, and the folder that its trainer writes to."""

    office: Office
    job: str

    @property
    def path(self) -> str:
        return f"{JOBS}/{self.job}"

    @property
    def folder(self) -> Path:
        return self.office.stack.data / "training" / self.job / "run"

    def record(self) -> dict[str, Any]:
        return self.office.read(self.path)

    def has_checkpoint(self) -> None:
        """Return in the middle of the training."""
        self.office.stack.wait(
            "a checkpoint",
            lambda: list(self.folder.glob("checkpoints/step-????????")),
            300,
        )

    def done(self) -> Run:
        self.office.until("a candidate", self.path, "succeeded")
        return self


@pytest.fixture
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with learning(tmp_path_factory.mktemp("stack")) as started:
        yield started


def ask_for_job(office: Office, data_set: str) -> Run:
    figures = {
        "epochs": 6,
        "batch_size": 1,
        "save_every": 2,
        "max_length": 512,
        "precision": "float32",
        "learning_rate": 0.01,
    }
    job = office.post(
        JOBS, data_set=data_set, preset="projector", settings=figures, title="Learned"
    )
    return Run(office, job["id"])


def test_the_same_candidate_comes_of_it_whatever_is_killed_on_the_way(
    office: Office,
) -> None:
    for slide in office.slides:
        correct(office, slide)
    data_set = office.post("/api/v1/data-sets", name="Corrected")["digest"]

    resumed = ask_for_job(office, data_set)
    resumed.has_checkpoint()
    office.stack.kill("training")
    office.stack.start("training")
    check(resumed.done())

    without_queue = ask_for_job(office, data_set)
    without_queue.has_checkpoint()
    office.stack.kill("valkey")
    assert without_queue.record()["state"] in {"training", "evaluating"}
    office.stack.start("valkey")
    check(without_queue.done())

    # Its trainer never stopped: the queue alone was away.
    written = (without_queue.folder / "metrics.jsonl").read_text().splitlines()
    steps = [json.loads(each) for each in written]
    made = [each["step"] for each in steps if each["kind"] == "step"]
    assert made == list(range(1, without_queue.record()["total"] + 1))
    assert without_queue.record()["model_version"] == resumed.record()["model_version"]


def check(run: Run) -> None:
    """Compared with what it came from, every step told, and the disk let go."""
    done = run.record()
    evaluation = done["evaluation"]
    assert evaluation["items"] >= 1
    assert evaluation["active"]["digest"] == done["base"]
    assert evaluation["candidate"]["digest"] == done["model_version"] != done["base"]
    told = run.office.client.get(f"{run.path}/metrics").json()
    steps = {f["step"] for f in told if f["kind"] == "step" and "loss" in f["data"]}
    assert steps == set(range(1, done["total"] + 1))
    assert not (run.folder / "checkpoints").exists()
