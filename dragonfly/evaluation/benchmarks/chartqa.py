"""ChartQA (Masry et al., Findings of ACL 2022): `<split>_human|augmented.json`.

The published score is the relaxed accuracy over both halves; each half is shown too.
"""

from collections.abc import Iterator
from pathlib import Path

from dragonfly.evaluation.benchmarks.benchmark import Benchmark, Family
from dragonfly.evaluation.item import AnswerType, Item, Split
from dragonfly.evaluation.source_file import find_file, read_rows, text

_FOLDERS: dict[Split, str] = {"train": "train", "validation": "val", "test": "test"}


def read_chartqa(data_dir: Path, split: Split) -> Iterator[Item]:
    """Both halves of one split: written by people, and made by a model."""
    name = _FOLDERS[split]
    for half in ("human", "augmented"):
        place = f"{name}/{name}_{half}.json"
        path = find_file(data_dir, [place, f"ChartQA Dataset/{place}"])
        for number, row in enumerate(read_rows(path)):
            image = text(row, "imgname", path)
            yield Item(
                id=f"{half}-{number}",
                image=path.parent / "png" / image,
                question=text(row, "query", path),
                answers=(text(row, "label", path),),
                answer_type=AnswerType.OPEN,
                group=image,
                meta={"category": half},
            )


CHART_QA = Benchmark(
    name="chartqa",
    title="ChartQA",
    family=Family.CHART_QA,
    layout="`<split>/<split>_human.json`, `<split>_augmented.json`, `<split>/png/`",
    read=read_chartqa,
)
