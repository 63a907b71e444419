"""A tiny checkpoint, tiny data and the smallest whole run over them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from accelerate.state import AcceleratorState, PartialState
from rich.console import Console

from dragonfly.training.args import TrainArgs
from dragonfly.training.args_file import merged, read_train_args
from dragonfly.training.chat import chat_of_answer
from dragonfly.training.session import train
from tests.checkpoints import noise, save_checkpoint

PICTURES = 12


@pytest.fixture(scope="package", autouse=True)
def one_thread() -> Iterator[None]:
    """Sums in one thread have one order, so equal runs are equal to the last bit."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(autouse=True)
def fresh_accelerate() -> Iterator[None]:
    """Runs of one process share a state that remembers the number format."""
    forget_runs()
    yield
    forget_runs()


def forget_runs() -> None:
    AcceleratorState._reset_state(True)
    PartialState._reset_state()


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_checkpoint(tmp_path_factory.mktemp("base") / "model")


def row(number: int) -> dict[str, Any]:
    answer = "yes" if number % 2 else "no, none at all"
    chat = chat_of_answer(f"Is cell {number} here?", answer)
    return {"image_url": f"{number}.png", "conversations": chat, "source": "made"}


def write_rows(file: Path, rows: list[dict[str, Any]]) -> Path:
    lines = [json.dumps(each) + "\n" for each in rows]
    file.write_text("".join(lines), encoding="utf-8")
    return file


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with 12 pictures and their rows, and with rows of text alone."""
    folder = tmp_path_factory.mktemp("data")
    for number in range(PICTURES):
        noise(36, 28, number).save(folder / f"{number}.png")
    write_rows(folder / "rows.jsonl", [row(number) for number in range(PICTURES)])
    write_rows(folder / "held_out.jsonl", [row(number) for number in range(5)])
    texts = [
        {"conversations": chat_of_answer(f"{n} + 1?", f"{n + 1}")} for n in range(6)
    ]
    write_rows(folder / "text.jsonl", texts)
    return folder


class Runner:
    """Writes a configuration over the tiny data and trains it in this process."""

    def __init__(self, base: Path, data: Path, folder: Path) -> None:
        self.base = base
        self.data = data
        self.folder = folder

    def fields(self, name: str, **changes: Any) -> dict[str, Any]:
        fields = {
            "model": str(self.base),
            "trained": ["encoder", "projector", "language_model"],
            "data": {
                "sources": [{"name": "made", "path": str(self.data / "rows.jsonl")}],
                "workers": 2,
            },
            "optimizer": {"batch_size": 4, "steps": 6, "learning_rate": 0.001},
            "run": {
                "output": str(self.folder / name),
                "precision": "float32",
                "device": "cpu",
                "save_every": 3,
                "log_every": 1,
            },
        }
        return merged(fields, changes)

    def write(self, name: str, **changes: Any) -> Path:
        file = self.folder / f"{name}.yaml"
        file.write_text(yaml.safe_dump(self.fields(name, **changes)))
        return file

    def args(self, name: str = "run", **changes: Any) -> TrainArgs:
        return read_train_args(self.write(name, **changes))

    def train(self, name: str = "run", resume: bool = False, **changes: Any) -> Path:
        console = Console(quiet=True)
        train(self.args(name, **changes), console, resume)
        return self.folder / name


@pytest.fixture
def runner(base: Path, data: Path, tmp_path: Path) -> Runner:
    return Runner(base, data, tmp_path)
