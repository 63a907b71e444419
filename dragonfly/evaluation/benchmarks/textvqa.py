"""TextVQA (Singh et al., CVPR 2019): `TextVQA_0.5.1_<split>.json`, ten answers each.

The answers of the test split are not public; papers report validation.
"""

from collections.abc import Iterator
from pathlib import Path

from dragonfly.evaluation.benchmarks.benchmark import Benchmark, Family
from dragonfly.evaluation.errors import EvaluationError
from dragonfly.evaluation.item import AnswerType, Item, Split
from dragonfly.evaluation.source_file import broken, find_file, read_json, text

_NAMES: dict[Split, str] = {"train": "train", "validation": "val"}


def read_textvqa(data_dir: Path, split: Split) -> Iterator[Item]:
    """One split with public answers (train or validation).

    Raises:
        EvaluationError: `ANSWERS_NOT_PUBLIC` for test.
    """
    if split not in _NAMES:
        raise EvaluationError(
            "ANSWERS_NOT_PUBLIC",
            "The answers of TextVQA's test split are not public. Use validation.",
        )
    path = find_file(data_dir, [f"TextVQA_0.5.1_{_NAMES[split]}.json"])
    content = read_json(path)
    if not isinstance(content, dict) or not isinstance(content.get("data"), list):
        raise broken(path, "it has no 'data' list")
    for row in content["data"]:
        image = text(row, "image_id", path)
        yield Item(
            id=text(row, "question_id", path),
            image=data_dir / "train_images" / f"{image}.jpg",
            question=text(row, "question", path),
            answers=tuple(str(answer) for answer in row.get("answers", ())),
            answer_type=AnswerType.OPEN,
            group=image,
        )


TEXT_VQA = Benchmark(
    name="textvqa",
    title="TextVQA",
    family=Family.VQA_ACCURACY,
    layout="`TextVQA_0.5.1_<train|val>.json` and `train_images/`",
    read=read_textvqa,
    not_computed="The test score: its answers are not public.",
)
