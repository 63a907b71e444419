"""A tiny checkpoint, a few template questions, and an ablation over them."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from accelerate.state import AcceleratorState, PartialState
from rich.console import Console

from dragonfly.evaluation.ablation.ablate import ablate
from dragonfly.evaluation.ablation.plan import Ablation
from dragonfly.evaluation.ablation.plan_file import read_plan
from dragonfly.evaluation.ablation.table import Table
from dragonfly.evaluation.ablation.variant_run import Load
from dragonfly.model.digest import checkpoint_digest
from dragonfly.training.chat import chat_of_answer
from tests.checkpoints import noise, save_checkpoint, tiny_model
from tests.dragonfly.evaluation.answerers import Constant
from tests.dragonfly.evaluation.scoring import write_lines

ASKED = 8


@pytest.fixture(scope="package", autouse=True)
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(autouse=True)
def fresh_accelerate() -> Iterator[None]:
    """Runs of one process share a state that remembers the number format."""
    yield
    AcceleratorState._reset_state(True)
    PartialState._reset_state()


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_checkpoint(tmp_path_factory.mktemp("base") / "model", tiny_model("v2"))


def row(number: int) -> dict[str, Any]:
    return {
        "id": f"m2c-{number}",
        "image": f"images/{number}.png",
        "question": "Is this H&E patch densely cellular?",
        "answer": "yes" if number % 4 else "no",
        "answer_type": "CLOSED",
        "kind": "cellularity",
        "split": ("val", "train", "test")[number // ASKED],
        "source": f"TCGA-A7-{number:04}-01Z",
    }


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """8 questions to be asked, 8 to be learned from, 2 for testing."""
    folder = tmp_path_factory.mktemp("data")
    (folder / "images").mkdir()
    rows = [row(number) for number in range(2 * ASKED + 2)]
    for number in range(len(rows)):
        noise(30, 24, number).save(folder / "images" / f"{number}.png")
    write_lines(folder / "qa_template.jsonl", rows)
    learned = [
        {
            "image_url": each["image"],
            "conversations": chat_of_answer(each["question"], each["answer"]),
        }
        for each in rows[ASKED : 2 * ASKED]
    ]
    write_lines(folder / "rows.jsonl", learned)
    return folder


def constant(checkpoint: Path) -> Constant:
    """Says yes to everything, under a name that is the checkpoint's."""
    return Constant("yes", checkpoint_digest(checkpoint)[:12])


class Workshop:
    """Writes plans over the tiny data and runs them in this process."""

    def __init__(self, base: Path, data: Path, folder: Path) -> None:
        self.base = base
        self.data = data
        self.folder = folder
        self.console = Console(file=io.StringIO(), width=200)

    @property
    def output(self) -> Path:
        return self.folder / "out"

    def write(self, *variants: dict[str, Any], **more: Any) -> Path:
        fields = {
            "model": str(self.base),
            "output": "out",
            "benchmark": "brca-m2c",
            "data": str(self.data),
            "variants": list(variants),
        }
        file = self.folder / "ablation.yaml"
        file.write_text(yaml.safe_dump(fields | more))
        return file

    def plan(self, *variants: dict[str, Any], **more: Any) -> Ablation:
        return read_plan(self.write(*variants, **more))

    def train_file(self, steps: int = 2) -> str:
        fields = {
            "trained": ["projector"],
            "data": {
                "sources": [{"name": "made", "path": str(self.data / "rows.jsonl")}],
                "workers": 1,
            },
            "optimizer": {"batch_size": 2, "steps": steps, "learning_rate": 0.001},
            "run": {
                "output": "unused",
                "precision": "float32",
                "device": "cpu",
                "save_every": 1,
            },
        }
        (self.folder / "train.yaml").write_text(yaml.safe_dump(fields))
        return "train.yaml"

    def run(
        self, *variants: dict[str, Any], load: Load = constant, **more: Any
    ) -> Table | None:
        return ablate(self.plan(*variants, **more), load, self.console)

    @property
    def report(self) -> str:
        return (self.output / "ablation.md").read_text()


@pytest.fixture
def workshop(base: Path, data: Path, tmp_path: Path) -> Workshop:
    return Workshop(base, data, tmp_path)
