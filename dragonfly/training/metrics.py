"""The figures of a run, one JSON object a line, for terminal, page and later reading.

`kind` is "step", "validation", "samples" or "end". Losses are means per predicted
token.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Protocol

from dragonfly.training.errors import TrainingError

FILE = "metrics.jsonl"
Record = dict[str, Any]


class Sink(Protocol):
    """Something that takes records."""

    def write(self, record: Record) -> None: ...

    def close(self) -> None: ...


class JsonLines:
    """Appends to `metrics.jsonl`; each line is on disk when `write` returns.

    Args:
        folder: of the run.
        step: steps that are done; records of later ones are removed, because a resumed
            run writes them again.
    """

    def __init__(self, folder: Path, step: int = 0) -> None:
        self._file = folder / FILE
        kept = [r for r in read_metrics(folder) if r["step"] <= step]
        draft = self._file.with_suffix(".partial")
        draft.write_text("".join(_line(record) for record in kept), encoding="utf-8")
        os.replace(draft, self._file)
        self._opened = self._file.open("a", encoding="utf-8")

    def write(self, record: Record) -> None:
        self._opened.write(_line(record))
        self._opened.flush()

    def close(self) -> None:
        self._opened.close()


def read_metrics(folder: Path) -> list[Record]:
    """The records of a run; a last line that was cut off is left out."""
    file = folder / FILE
    if not file.is_file():
        return []
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    return [json.loads(line) for line in lines if line.endswith("\n")]


def _line(record: Record) -> str:
    return json.dumps(record) + "\n"


class TensorBoard:
    """Writes the numbers of each record as TensorBoard scalars.

    Raises:
        TrainingError: TENSORBOARD_MISSING, its package is not installed.
    """

    def __init__(self, folder: Path) -> None:
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError as error:
            raise TrainingError(
                "TENSORBOARD_MISSING",
                "run.tensorboard needs the package “tensorboard”. Install it or set "
                "run.tensorboard to false.",
            ) from error
        self._writer: Any = SummaryWriter(str(folder / "tensorboard"))

    def write(self, record: Record) -> None:
        for name, value in record.items():
            if isinstance(value, int | float) and name != "step":
                self._writer.add_scalar(
                    f"{record['kind']}/{name}", value, record["step"]
                )

    def close(self) -> None:
        self._writer.close()
