"""Scores a few answers on a data folder, keyed by (mode, name), without intervals."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dragonfly.evaluation.benchmarks.catalogue import find_benchmark
from dragonfly.evaluation.item import Item, Split
from dragonfly.evaluation.scores import measures_of


def values(
    name: str,
    data_dir: Path,
    said: Mapping[str, str],
    split: Split = "test",
    train: Sequence[Item] = (),
) -> dict[tuple[str, str], float]:
    benchmark = find_benchmark(name)
    items = benchmark.items(data_dir, split)
    measures = measures_of(benchmark, items, said, train)
    return {(m.mode, m.name): m.value() for m in measures}


def write_json(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")


def write_lines(path: Path, rows: Sequence[Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
