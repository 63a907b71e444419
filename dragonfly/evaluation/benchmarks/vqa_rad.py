"""VQA-RAD (Lau et al., Sci Data 2018; OSF 89kps, CC0): radiology questions.

Reads the published `VQA_RAD Dataset Public.json`, or rows of `qa.jsonl` that keep
`split`. The published test set is the rows whose `phrase_type` starts with `test_`;
nearly all of its images are also in training, so `vqa-rad-by-image` cuts all rows by
image instead. The set has no published validation split: both cuts take the same
15 % of the images, so a model trained on one never saw the validation of the other.
"""

from collections.abc import Iterator
from pathlib import Path

from dragonfly.evaluation.benchmarks.benchmark import Benchmark, Family
from dragonfly.evaluation.benchmarks.image_split import split_of_all, split_of_train
from dragonfly.evaluation.item import AnswerType, Item, Split
from dragonfly.evaluation.source_file import Row, find_file, read_rows, text

_PUBLISHED = "VQA_RAD Dataset Public.json"
_IMAGES = "VQA_RAD Image Folder"


def _is_test(row: Row) -> bool:
    phrase = str(row.get("phrase_type", ""))
    return phrase.startswith("test_") or row.get("split") == "test"


def _published_item(row: Row, path: Path) -> Item:
    image = text(row, "image_name", path)
    return Item(
        id=text(row, "qid", path),
        image=path.parent / _IMAGES / image,
        question=text(row, "question", path),
        answers=(text(row, "answer", path),),
        answer_type=AnswerType(text(row, "answer_type", path).lower()),
        group=image,
        meta={"category": text(row, "question_type", path)},
    )


def _row_item(row: Row, path: Path) -> Item:
    image = text(row, "image", path)
    return Item(
        id=text(row, "id", path),
        image=path.parent / image,
        question=text(row, "question", path),
        answers=(text(row, "answer", path),),
        answer_type=AnswerType(text(row, "answer_type", path).lower()),
        group=Path(image).name,
        meta={"category": text(row, "question_type", path)},
    )


def _rows(data_dir: Path) -> Iterator[tuple[bool, Item]]:
    path = find_file(data_dir, ["qa.jsonl", _PUBLISHED])
    to_item = _published_item if path.name == _PUBLISHED else _row_item
    for row in read_rows(path):
        yield _is_test(row), to_item(row, path)


def read_published_split(data_dir: Path, split: Split) -> Iterator[Item]:
    """The published test set; training cut by image into train and validation."""
    for is_test, item in _rows(data_dir):
        if split == ("test" if is_test else split_of_train(item.group)):
            yield item


def read_split_by_image(data_dir: Path, split: Split) -> Iterator[Item]:
    """Every row, cut by image into train, validation and test."""
    for _, item in _rows(data_dir):
        if split == split_of_all(item.group):
            yield item


VQA_RAD = Benchmark(
    name="vqa-rad",
    title="VQA-RAD (published test set)",
    family=Family.MEDICAL_VQA,
    layout=f"`{_PUBLISHED}` with `{_IMAGES}/`, or `qa.jsonl` with `images/`",
    read=read_published_split,
    sizes={"test": 451},
)
VQA_RAD_BY_IMAGE = Benchmark(
    name="vqa-rad-by-image",
    title="VQA-RAD (images of test not in training)",
    family=Family.MEDICAL_VQA,
    layout=VQA_RAD.layout,
    read=read_split_by_image,
)
