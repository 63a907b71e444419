"""Questions to rows in the published training format, one file per source.

A row is `{image_url, conversations, source}`; `conversations` holds one or more turns
about one picture. Refusals share rows with the questions that their picture answers.
"""

from __future__ import annotations

import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dragonfly.evaluation.benchmarks.image_split import bucket
from dragonfly.mini.data.asked import Asked, turns
from dragonfly.mini.data.picture import (
    EmptyPicture,
    Picture,
    StoredPicture,
    SyntheticPicture,
    ViewPicture,
)
from dragonfly.mini.data.plan import Plan
from dragonfly.mini.data.unknown import NAME as UNKNOWN
from dragonfly.training.chat import chat_of_answer

HELD_BACK = "held-back"

Row = tuple[Asked, ...]


@dataclass(frozen=True)
class RowSet:
    """The rows of one file."""

    name: str
    rows: tuple[Row, ...]

    @property
    def file(self) -> str:
        return f"{self.name}.jsonl"

    @property
    def questions(self) -> int:
        return sum(map(len, self.rows))


def row_sets(asked: Sequence[Asked], plan: Plan) -> list[RowSet]:
    """Rows of every source in a fixed order, and those held back for the loss."""
    random = np.random.default_rng([plan.seed, 107])
    home = _homes(asked)
    files: dict[str, list[Row]] = defaultdict(list)
    for row in turns(asked, plan.turns, random):
        picture = row[0].picture
        back = is_held_back(picture, plan.held_back_percent)
        files[HELD_BACK if back else home[picture]].append(row)
    return [RowSet(name, tuple(files[name])) for name in sorted(files)]


def _homes(asked: Iterable[Asked]) -> dict[Picture, str]:
    """The source in whose file the rows of a picture are: the first that asked."""
    home: dict[Picture, str] = {}
    for one in asked:
        home.setdefault(one.picture, one.source)
    return home


def is_held_back(picture: Picture, percent: int) -> bool:
    """The same for all views of a picture and all fields of a slide."""
    if isinstance(picture, StoredPicture | ViewPicture):
        return bucket(f"held back {picture.path.stem}") < percent
    if isinstance(picture, SyntheticPicture):
        return bucket(f"held back {picture.recipe.name}") < percent
    return isinstance(picture, EmptyPicture) and picture.seed < percent * 40 // 100


def as_fields(row: Row, folder: Path) -> dict[str, str]:
    """The published fields of a row whose file lies in `folder`."""
    source = next((one.source for one in row if one.source != UNKNOWN), UNKNOWN)
    return {
        "image_url": row[0].picture.url(folder),
        "conversations": "".join(chat_of_answer(o.question, o.answer) for o in row),
        "source": source,
    }


def write_rows(rows: RowSet, folder: Path) -> Path:
    """Write one file in one piece; pictures are written apart."""
    file = folder / rows.file
    draft = file.with_suffix(".partial")
    with draft.open("w", encoding="utf-8") as opened:
        for row in rows.rows:
            opened.write(json.dumps(as_fields(row, folder), ensure_ascii=False) + "\n")
    os.replace(draft, file)
    return file


def answers_by_kind(sets: Iterable[RowSet]) -> dict[str, dict[str, Counter[str]]]:
    """How often each answer is given, by source and kind, where this project asks."""
    found: dict[str, dict[str, Counter[str]]] = defaultdict(
        lambda: defaultdict(Counter)
    )
    for rows in sets:
        for one in (one for row in rows.rows for one in row):
            if one.made:
                found[one.source][one.kind][one.answer] += 1
    return found
