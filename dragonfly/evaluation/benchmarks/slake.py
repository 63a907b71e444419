"""SLAKE (Liu et al., ISBI 2021), its English half: `train|validate|test.json`, `imgs/`.

The Chinese questions (`q_lang` other than `en`) are left out, as in the papers
that are compared with.
"""

from collections.abc import Iterator
from pathlib import Path

from dragonfly.evaluation.benchmarks.benchmark import Benchmark, Family
from dragonfly.evaluation.item import AnswerType, Item, Split
from dragonfly.evaluation.source_file import find_file, read_rows, text

_FILES: dict[Split, str] = {
    "train": "train.json",
    "validation": "validate.json",
    "test": "test.json",
}


def read_english(data_dir: Path, split: Split) -> Iterator[Item]:
    """The English rows of one split."""
    path = find_file(data_dir, [_FILES[split]])
    for row in read_rows(path):
        if text(row, "q_lang", path) != "en":
            continue
        image = text(row, "img_name", path)
        yield Item(
            id=text(row, "qid", path),
            image=data_dir / "imgs" / image,
            question=text(row, "question", path),
            answers=(text(row, "answer", path),),
            answer_type=AnswerType(text(row, "answer_type", path).lower()),
            group=image.partition("/")[0],
            meta={"category": text(row, "content_type", path)},
        )


SLAKE = Benchmark(
    name="slake",
    title="SLAKE (English)",
    family=Family.MEDICAL_VQA,
    layout="`train.json`, `validate.json`, `test.json` and `imgs/`",
    read=read_english,
)
