"""GQA (Hudson & Manning, CVPR 2019): balanced questions over scene graphs.

Test is `testdev_balanced_questions.json`, the split that papers report; the answers
of the real test split are not public. Images: `images/<id>.jpg`.
"""

from collections.abc import Iterator
from pathlib import Path

from dragonfly.evaluation.benchmarks.benchmark import Benchmark, Family
from dragonfly.evaluation.item import Item, Split, yes_no_type
from dragonfly.evaluation.source_file import broken, find_file, read_json, text

_NAMES: dict[Split, str] = {"train": "train", "validation": "val", "test": "testdev"}


def read_gqa(data_dir: Path, split: Split) -> Iterator[Item]:
    """The balanced questions of one split."""
    name = f"{_NAMES[split]}_balanced_questions.json"
    path = find_file(data_dir, [name, f"questions1.2/{name}"])
    content = read_json(path)
    if not isinstance(content, dict):
        raise broken(path, "it is not an object keyed by question")
    for key, row in content.items():
        image, answer = text(row, "imageId", path), text(row, "answer", path)
        yield Item(
            id=str(key),
            image=data_dir / "images" / f"{image}.jpg",
            question=text(row, "question", path),
            answers=(answer,),
            answer_type=yes_no_type(answer),
            group=image,
        )


GQA = Benchmark(
    name="gqa",
    title="GQA (balanced; test = testdev)",
    family=Family.GQA,
    layout="`<train|val|testdev>_balanced_questions.json` and `images/`",
    read=read_gqa,
    not_computed="Consistency, validity, plausibility, grounding and distribution.",
)
