"""VQA-Med 2019 (Ben Abacha et al., CLEF 2019; CC BY 4.0): four kinds of question.

Reads the published text files (`image|question|answer` for training and validation,
`image|category|question|answer` for test, answers parted by `#`), or `qa.jsonl` rows.
"""

from collections.abc import Iterator
from pathlib import Path

from dragonfly.evaluation.benchmarks.benchmark import Benchmark, Family
from dragonfly.evaluation.errors import EvaluationError
from dragonfly.evaluation.item import AnswerType, Item, Split, yes_no_type
from dragonfly.evaluation.source_file import (
    Row,
    find_file,
    read_json_lines,
    read_separated,
    text,
)

_CATEGORIES = {
    "C1_Modality": "modality",
    "C2_Plane": "plane",
    "C3_Organ": "organ",
    "C4_Abnormality": "abnormality",
}
_FOLDERS: dict[Split, tuple[str, str]] = {
    "train": ("ImageClef-2019-VQA-Med-Training", "train"),
    "validation": ("ImageClef-2019-VQA-Med-Validation", "val"),
    "test": ("VQAMed2019Test", "test"),
}
_TEST = "VQAMed2019_Test_Questions_w_Ref_Answers.txt"
_ROW_SPLITS: dict[str, Split] = {"train": "train", "val": "validation", "test": "test"}


def _row_item(row: Row, path: Path) -> Item:
    answers = row.get("answers") or text(row, "answer", path).split("#")
    return Item(
        id=text(row, "id", path),
        image=path.parent / text(row, "image", path),
        question=text(row, "question", path),
        answers=tuple(str(answer).strip() for answer in answers),
        answer_type=AnswerType(text(row, "answer_type", path).lower()),
        group=Path(text(row, "image", path)).stem,
        meta={"category": text(row, "category", path)},
    )


def _item(number: int, image: Path, fields: tuple[str, str, str]) -> Item:
    category, question, answer = fields
    answers = tuple(part.strip() for part in answer.split("#"))
    return Item(
        id=f"{category}-{number}-{image.stem}",
        image=image,
        question=question,
        answers=answers,
        answer_type=yes_no_type(answers[0]),
        group=image.stem,
        meta={"category": category},
    )


def _by_category(data_dir: Path, split: Split) -> Iterator[Item]:
    folder, short = _FOLDERS[split]
    root = data_dir / folder if (data_dir / folder).is_dir() else data_dir
    images = root / f"{short.capitalize()}_images"
    for stem, category in _CATEGORIES.items():
        path = find_file(root, [f"QAPairsByCategory/{stem}_{short}.txt"])
        for number, row in enumerate(read_separated(path, "|", 3)):
            image = images / f"{row[0]}.jpg"
            yield _item(number, image, (category, row[1], row[2]))


def _test(data_dir: Path) -> Iterator[Item]:
    path = find_file(data_dir, [_TEST, f"VQAMed2019Test/{_TEST}"])
    images = path.parent / "VQAMed2019_Test_Images"
    for number, row in enumerate(read_separated(path, "|", 4)):
        fields = (row[1].lower(), row[2], row[3])
        yield _item(number, images / f"{row[0]}.jpg", fields)


def read_vqa_med(data_dir: Path, split: Split) -> Iterator[Item]:
    """One split, from whichever of the two layouts is there."""
    rows = data_dir / "qa.jsonl"
    if rows.exists():
        for row in read_json_lines(rows):
            if _ROW_SPLITS.get(str(row.get("split"))) == split:
                yield _row_item(row, rows)
    elif not data_dir.is_dir():
        raise EvaluationError("DATA_NOT_FOUND", f"There is no folder '{data_dir}'.")
    else:
        yield from _test(data_dir) if split == "test" else _by_category(data_dir, split)


VQA_MED = Benchmark(
    name="vqa-med-2019",
    title="VQA-Med 2019",
    family=Family.MEDICAL_VQA,
    layout="the published `QAPairsByCategory/` and test text files, or `qa.jsonl`",
    read=read_vqa_med,
    sizes={"train": 12792, "validation": 2000, "test": 500},
)
