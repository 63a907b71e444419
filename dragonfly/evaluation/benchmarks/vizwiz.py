"""VizWiz-VQA (Gurari et al., CVPR 2018): questions that blind people asked.

Reads `Annotations/<split>.json` (or the file itself) with ten answers a question, and
`<split>/` images. The answers of test are not public.
"""

from collections.abc import Iterator
from pathlib import Path

from dragonfly.evaluation.benchmarks.benchmark import Benchmark, Family
from dragonfly.evaluation.errors import EvaluationError
from dragonfly.evaluation.item import AnswerType, Item, Split
from dragonfly.evaluation.source_file import broken, find_file, read_rows, text

_NAMES: dict[Split, str] = {"train": "train", "validation": "val"}


def read_vizwiz(data_dir: Path, split: Split) -> Iterator[Item]:
    """One split with public answers (train or validation).

    Raises:
        EvaluationError: `ANSWERS_NOT_PUBLIC` for test.
    """
    if split not in _NAMES:
        raise EvaluationError(
            "ANSWERS_NOT_PUBLIC",
            "The answers of VizWiz's test split are not public. Use validation.",
        )
    name = _NAMES[split]
    path = find_file(data_dir, [f"Annotations/{name}.json", f"{name}.json"])
    for row in read_rows(path):
        image = text(row, "image", path)
        try:
            answers = tuple(str(entry["answer"]) for entry in row["answers"])
        except (KeyError, TypeError) as error:
            raise broken(path, f"'{image}' has no answers") from error
        yield Item(
            id=image,
            image=data_dir / name / image,
            question=text(row, "question", path),
            answers=answers,
            answer_type=AnswerType.OPEN,
            group=image,
            meta={"category": str(row.get("answer_type", "other"))},
        )


VIZ_WIZ = Benchmark(
    name="vizwiz",
    title="VizWiz-VQA",
    family=Family.VQA_ACCURACY,
    layout="`Annotations/<train|val>.json` and `<train|val>/`",
    read=read_vizwiz,
    not_computed="The test score (answers not public) and answerability precision.",
)
