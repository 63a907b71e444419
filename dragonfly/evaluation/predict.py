"""Asks a model every item that has no answer yet, and writes each batch at once.

Stopping loses at most one batch: a second run continues the same file. The model is
any callable from items to texts; nothing here knows how it answers.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from rich.console import Console
from rich.progress import Progress

from dragonfly.evaluation.errors import EvaluationError
from dragonfly.evaluation.image import has_image
from dragonfly.evaluation.item import Item
from dragonfly.evaluation.predictions import mend_tail, read_predictions, write_row


class Answerer(Protocol):
    """A model: its name (with its version) and one text for each item, in order."""

    @property
    def name(self) -> str: ...

    def __call__(self, items: Sequence[Item]) -> Sequence[str]: ...


def unanswered(items: Sequence[Item], path: Path, model: str) -> list[Item]:
    """The items that `path` does not answer yet; all of them where it is absent.

    Raises:
        EvaluationError: `PREDICTIONS_OF_ANOTHER_MODEL` or `PREDICTIONS_OF_OTHER_ITEMS`
            where continuing the file would mix two runs.
    """
    if not path.exists():
        return list(items)
    mend_tail(path)
    done = read_predictions(path)
    if done.models - {model}:
        raise EvaluationError(
            "PREDICTIONS_OF_ANOTHER_MODEL",
            f"'{path}' holds answers of {', '.join(sorted(done.models))}, not of "
            f"{model}. Choose another file for --predictions.",
        )
    if set(done.said) - {item.id for item in items}:
        raise EvaluationError(
            "PREDICTIONS_OF_OTHER_ITEMS",
            f"'{path}' holds answers to items that are not asked now. Choose another "
            "file for --predictions, or the same benchmark, split and limit as before.",
        )
    return [item for item in items if item.id not in done.said]


def _batches(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _refuse_missing_images(items: Sequence[Item]) -> None:
    missing = [item for item in items if not has_image(item)]
    if missing:
        raise EvaluationError(
            "IMAGE_NOT_FOUND",
            f"{len(missing)} of {len(items)} images are missing, the first at "
            f"'{missing[0].image}'. Put the images where the data set has them.",
        )


def predict(
    items: Sequence[Item],
    answer: Answerer,
    path: Path,
    batch_size: int = 8,
    console: Console | None = None,
) -> int:
    """Answer what is left, append it to `path`, and return how many were asked.

    Raises:
        EvaluationError: also `IMAGE_NOT_FOUND` before the first question, and
            `ANSWERS_MISSING` where the model returns too few or too many texts.
    """
    left = unanswered(items, path, answer.name)
    _refuse_missing_images(left)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file, Progress(console=console) as bar:
        task = bar.add_task(
            "Asking", total=len(items), completed=len(items) - len(left)
        )
        for batch in _batches(left, batch_size):
            texts = answer(batch)
            if len(texts) != len(batch):
                raise EvaluationError(
                    "ANSWERS_MISSING",
                    f"The model gave {len(texts)} answers to {len(batch)} questions.",
                )
            for item, text in zip(batch, texts, strict=True):
                write_row(file, item.id, text, answer.name)
            file.flush()
            bar.advance(task, len(batch))
    return len(left)
