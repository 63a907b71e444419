"""MME (Fu et al., 2023): two yes/no questions an image, in fourteen subtasks.

Reads one folder per subtask, with `<image>.txt` (`question<TAB>Yes|No`) either beside
the images or in `questions_answers_YN/` with `images/`. Test split only.
"""

from collections.abc import Iterator
from pathlib import Path

from dragonfly.evaluation.benchmarks.benchmark import Benchmark, Family
from dragonfly.evaluation.errors import EvaluationError
from dragonfly.evaluation.item import AnswerType, Item, Split
from dragonfly.evaluation.source_file import read_separated

PERCEPTION = (
    "existence",
    "count",
    "position",
    "color",
    "posters",
    "celebrity",
    "scene",
    "landmark",
    "artwork",
    "OCR",
)
COGNITION = (
    "commonsense_reasoning",
    "numerical_calculation",
    "text_translation",
    "code_reasoning",
)
_SUFFIXES = (".jpg", ".png", ".jpeg")


def _image(folder: Path, stem: str) -> Path:
    names = [folder / f"{stem}{suffix}" for suffix in _SUFFIXES]
    return next((path for path in names if path.exists()), names[0])


def _subtask_items(folder: Path) -> Iterator[Item]:
    apart = folder / "questions_answers_YN"
    texts, images = (apart, folder / "images") if apart.is_dir() else (folder, folder)
    for path in sorted(texts.glob("*.txt")):
        for number, (question, answer) in enumerate(read_separated(path, "\t", 2)):
            yield Item(
                id=f"{folder.name}/{path.stem}/{number}",
                image=_image(images, path.stem),
                question=question,
                answers=(answer,),
                answer_type=AnswerType.CLOSED,
                group=f"{folder.name}/{path.stem}",
                meta={"category": folder.name},
            )


def read_mme(data_dir: Path, split: Split) -> Iterator[Item]:
    """Every subtask that is present.

    Raises:
        EvaluationError: `DATA_NOT_FOUND` where no subtask folder is there.
    """
    if split != "test":
        return
    folders = [data_dir / name for name in (*PERCEPTION, *COGNITION)]
    present = [folder for folder in folders if folder.is_dir()]
    if not present:
        raise EvaluationError(
            "DATA_NOT_FOUND",
            f"'{data_dir}' holds no MME subtask folder such as 'existence'.",
        )
    for folder in present:
        yield from _subtask_items(folder)


MME = Benchmark(
    name="mme",
    title="MME",
    family=Family.MME,
    layout="one folder per subtask",
    read=read_mme,
)
