"""SEED-Bench (Li et al., 2023), its image half: `SEED-Bench.json`, four choices each.

The question types about videos are left out. Images: `SEED-Bench-image/<data_id>`.
"""

from collections.abc import Iterator
from pathlib import Path

from dragonfly.evaluation.benchmarks.benchmark import Benchmark, Family
from dragonfly.evaluation.item import AnswerType, Item, Split
from dragonfly.evaluation.source_file import broken, find_file, read_json, text

_OPTIONS = ("choice_a", "choice_b", "choice_c", "choice_d")


def read_seed(data_dir: Path, split: Split) -> Iterator[Item]:
    """The image questions; the set has a test split only."""
    if split != "test":
        return
    path = find_file(data_dir, ["SEED-Bench.json"])
    content = read_json(path)
    if not isinstance(content, dict) or not isinstance(content.get("questions"), list):
        raise broken(path, "it has no 'questions' list")
    types = {value: key for key, value in content.get("question_type", {}).items()}
    for row in content["questions"]:
        if row.get("data_type") != "image":
            continue
        image = text(row, "data_id", path)
        yield Item(
            id=text(row, "question_id", path),
            image=data_dir / "SEED-Bench-image" / image,
            question=text(row, "question", path),
            answers=(text(row, "answer", path).upper(),),
            answer_type=AnswerType.CHOICE,
            group=image,
            choices=tuple(text(row, option, path) for option in _OPTIONS),
            meta={"category": types.get(row.get("question_type_id"), "other")},
        )


SEED = Benchmark(
    name="seed",
    title="SEED-Bench (image)",
    family=Family.CHOICES,
    layout="`SEED-Bench.json` and `SEED-Bench-image/`",
    read=read_seed,
    not_computed="Video questions, and the official ranking by likelihood: the letter "
    "that the model writes is scored instead.",
)
