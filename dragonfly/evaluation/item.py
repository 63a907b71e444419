"""One question of a data set, with its references; knows no metric and no model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal, get_args

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = get_args(Split)


class AnswerType(StrEnum):
    """How an item is to be answered, which decides the metrics that count it."""

    CLOSED = "closed"
    OPEN = "open"
    CHOICE = "choice"
    CAPTION = "caption"


@dataclass(frozen=True)
class Item:
    """A question about one image and every answer that the data set accepts.

    `group` names what must not be torn apart when items are split or resampled:
    the patient or report where known, else the image. `image` is the place where
    the file should be; it need not exist to score answers.
    """

    id: str
    image: Path | None
    question: str
    answers: tuple[str, ...]
    answer_type: AnswerType
    group: str
    choices: tuple[str, ...] = ()
    meta: Mapping[str, str] = field(default_factory=dict)

    @property
    def prompt(self) -> str:
        """The words to give a model: the question, and lettered choices if any."""
        if not self.choices:
            return self.question
        lines = [
            f"{letter}. {choice}"
            for letter, choice in zip(letters(self.choices), self.choices, strict=True)
        ]
        ask = "Answer with the option's letter from the given choices directly."
        return "\n".join([self.question, *lines, ask])


def letters(choices: Sequence[str]) -> str:
    """A, B, C ... one for each choice (26 at most)."""
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[: len(choices)]


def yes_no_type(answer: str) -> AnswerType:
    """Closed for a yes/no reference, open otherwise (sets that do not say)."""
    closed = answer.strip().strip(".").lower() in {"yes", "no"}
    return AnswerType.CLOSED if closed else AnswerType.OPEN
