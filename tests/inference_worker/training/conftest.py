"""A tiny base model, a tiny data set, and a job without a queue."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from dragonfly.model.digest import checkpoint_digest
from dragonfly.slide import open_slide
from inference_worker.messages import ModelFields, TrainingTold, TrainRequest
from inference_worker.settings import WorkerSettings
from inference_worker.training.training import Training, Wish
from tests.checkpoints import save_checkpoint
from tests.slides import write_pyramid

JOB = "7d1c0000-0000-0000-0000-000000000001"
SMALL: dict[str, Any] = {
    "trained": ["projector"],
    "data": {"workers": 1, "max_length": 512},
    "optimizer": {"batch_size": 1, "steps": 6, "learning_rate": 0.001},
    "run": {
        "precision": "float32",
        "device": "cpu",
        "save_every": 2,
        "log_every": 1,
        "keep_last": 1,
    },
}


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> ModelFields:
    folder = save_checkpoint(tmp_path_factory.mktemp("base") / "model")
    return ModelFields(checkpoint_digest(folder), str(folder))


@pytest.fixture
def data_folder(tmp_path: Path) -> Path:
    """A folder that holds one frozen data set of the tiny slide."""
    folder = tmp_path / "var" / "data_sets" / "tiny"
    folder.mkdir(parents=True)
    write_pyramid(folder / "slide.svs")
    with open_slide(folder / "slide.svs") as slide:
        digest = slide.digest
    (folder / "slides.json").write_text(json.dumps({digest: "slide.svs"}))
    for part, count in (("train", 4), ("validation", 1), ("test", 2)):
        rows = [
            {
                "slide": digest,
                "region": [64 * number, 64, 128, 128],
                "question": "Is there necrosis?",
                "answer": "yes" if number % 2 else "no",
                "patient": f"p{number}",
            }
            for number in range(count)
        ]
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        (folder / f"{part}.jsonl").write_text(lines)
    return tmp_path / "var"


@dataclass
class Office:
    """What the web application would say, and what it is told."""

    wishes: Callable[[], Wish] = lambda: ""
    busy: Callable[[], bool] = lambda: False
    told: list[TrainingTold] = field(default_factory=list)
    beats: int = 0

    def wish(self) -> Wish:
        return self.wishes()

    def beat(self) -> None:
        self.beats += 1

    def is_wanted(self) -> bool:
        return self.busy()

    def is_quiet(self) -> bool:
        return not self.busy()

    def tell(self, told: TrainingTold) -> None:
        self.told.append(told)


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def job(
    data_folder: Path, base: ModelFields, office: Office
) -> Callable[..., Training]:
    """One attempt at the job."""
    settings = WorkerSettings(
        redis_url="redis://nowhere",
        slide_folder=data_folder,
        model=None,
        device="cpu",
        name="tester",
        data_folder=data_folder,
    )

    def make(**fields: Any) -> Training:
        plain: dict[str, Any] = {
            "job_id": JOB,
            "attempt": 1,
            "title": "tiny",
            "data_set": "tiny",
            "base": base,
            "active": base,
            "config": SMALL,
            "max_new_tokens": 4,
        }
        request = TrainRequest(**(plain | fields))
        return Training(request, settings, cast(Any, office), office, office.tell)

    return make
