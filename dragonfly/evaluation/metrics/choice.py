"""Which option a written answer picks: its letter, or the words of one option."""

import re
from collections.abc import Sequence

from dragonfly.evaluation.item import letters
from dragonfly.evaluation.metrics.strict import normalise

_ALONE = re.compile(r"^\W*([A-Za-z])\W*$")
_LEADING = re.compile(r"^\W*([A-Z])(?:[.):,]|\s*$)")
# The letter must be a capital or in brackets: "the answer is a cat" picks nothing.
_STATED = re.compile(
    r"\b(?i:answer|option|choice)\s*(?i:is|:)?\s*(?:\(([A-Za-z])\)|([A-Z])\b)"
)


def _letter(text: str) -> str | None:
    for pattern in (_ALONE, _LEADING, _STATED):
        found = pattern.search(text.strip())
        if found:
            return str(found[found.lastindex or 1]).upper()
    return None


def chosen_letter(prediction: str, choices: Sequence[str]) -> str | None:
    """The letter of the option picked; None where no single option can be told.

    Taken in this order: the answer is, or starts with, a letter; it says "the answer is
    (B)"; it is, word for word, the text of exactly one option. No guess is made.
    """
    known = letters(choices)
    letter = _letter(prediction)
    if letter is not None and letter in known:
        return letter
    said = normalise(prediction)
    same = [
        name
        for name, choice in zip(known, choices, strict=True)
        if normalise(choice) == said
    ]
    return same[0] if len(same) == 1 else None


def choice_match(prediction: str, choices: Sequence[str], answer: str) -> float:
    """1.0 where the letter picked is the answer's, else 0.0."""
    return float(chosen_letter(prediction, choices) == answer)
