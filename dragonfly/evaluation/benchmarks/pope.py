"""POPE (Li et al., EMNLP 2023): is an object in the picture, yes or no.

Reads `coco_pope_<random|popular|adversarial>.json` (JSON Lines) with COCO `val2014/`.
The set has a test split only.
"""

from collections.abc import Iterator
from pathlib import Path

from dragonfly.evaluation.benchmarks.benchmark import Benchmark, Family
from dragonfly.evaluation.item import AnswerType, Item, Split
from dragonfly.evaluation.source_file import find_file, read_json_lines, text

CATEGORIES = ("random", "popular", "adversarial")


def read_pope(data_dir: Path, split: Split) -> Iterator[Item]:
    """The three ways of choosing absent objects, one after the other."""
    if split != "test":
        return
    for category in CATEGORIES:
        name = f"coco_pope_{category}.json"
        path = find_file(data_dir, [name, f"coco/{name}"])
        for row in read_json_lines(path):
            image = text(row, "image", path)
            yield Item(
                id=f"{category}-{text(row, 'question_id', path)}",
                image=data_dir / "val2014" / image,
                question=text(row, "text", path),
                answers=(text(row, "label", path),),
                answer_type=AnswerType.CLOSED,
                group=image,
                meta={"category": category},
            )


POPE = Benchmark(
    name="pope",
    title="POPE (COCO)",
    family=Family.POPE,
    layout="`coco_pope_<random|popular|adversarial>.json` and `val2014/`",
    read=read_pope,
)
