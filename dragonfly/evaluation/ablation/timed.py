"""An answerer whose time is written down, so that a resumed run knows all of it."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path

from dragonfly.evaluation.item import Item
from dragonfly.evaluation.predict import Answerer

TIMES = "times.jsonl"


class TimedAnswerer:
    """Answers as another does, and appends the seconds of each batch to a file."""

    def __init__(self, answerer: Answerer, folder: Path) -> None:
        self._answerer = answerer
        self._file = folder / TIMES

    @property
    def name(self) -> str:
        return self._answerer.name

    def __call__(self, items: Sequence[Item]) -> Sequence[str]:
        start = time.perf_counter()
        said = self._answerer(items)
        line = {"questions": len(items), "seconds": time.perf_counter() - start}
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        return said


def spent(folder: Path) -> tuple[int, float]:
    """Questions and seconds of all sessions; a line that was cut off is left out."""
    file = folder / TIMES
    if not file.is_file():
        return 0, 0.0
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    rows = [json.loads(line) for line in lines if line.endswith("\n")]
    return sum(row["questions"] for row in rows), sum(row["seconds"] for row in rows)
