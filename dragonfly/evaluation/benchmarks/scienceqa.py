"""ScienceQA (Lu et al., NeurIPS 2022): `problems.json` and `pid_splits.json`.

Only questions with an image are asked (the part that papers call IMG); the hint is
put before the question. Images: `images/<split>/<id>/image.png`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dragonfly.evaluation.benchmarks.benchmark import Benchmark, Family
from dragonfly.evaluation.item import AnswerType, Item, Split, letters
from dragonfly.evaluation.source_file import broken, find_file, read_json

_KEYS: dict[Split, str] = {"train": "train", "validation": "val", "test": "test"}


def _item(data_dir: Path, key: str, problem: dict[str, Any]) -> Item:
    choices = tuple(str(choice) for choice in problem["choices"])
    hint = str(problem.get("hint") or "").strip()
    question = str(problem["question"])
    place = Path("images") / str(problem["split"]) / key / str(problem["image"])
    return Item(
        id=key,
        image=data_dir / place,
        question=f"{hint}\n{question}" if hint else question,
        answers=(letters(choices)[int(problem["answer"])],),
        answer_type=AnswerType.CHOICE,
        group=key,
        choices=choices,
        meta={"category": str(problem.get("subject", "other"))},
    )


def read_scienceqa(data_dir: Path, split: Split) -> Iterator[Item]:
    """The questions of one split that have an image."""
    path = find_file(data_dir, ["problems.json"])
    problems = read_json(path)
    keys = read_json(find_file(data_dir, ["pid_splits.json"]))
    try:
        for key in keys[_KEYS[split]]:
            if problems[key].get("image"):
                yield _item(data_dir, str(key), problems[key])
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise broken(path, "it is not the problem file of ScienceQA") from error


SCIENCE_QA = Benchmark(
    name="scienceqa",
    title="ScienceQA (questions with an image)",
    family=Family.CHOICES,
    layout="`problems.json`, `pid_splits.json`, `images/<split>/<id>/`",
    read=read_scienceqa,
    not_computed="The whole-set score: questions without an image are left out.",
)
