"""A question about a picture with its answer, before it becomes a row.

Knows how answers of one kind are made equally frequent and how several questions of
one picture share a row; knows no question set.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from dragonfly.evaluation.metrics.strict import normalise
from dragonfly.mini.data.picture import Picture

Domain = Literal["radiology", "stained tissue", "blood smear", "synthetic", "nothing"]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question and its answer in the words that the benchmarks expect.

    `kind` names what is asked for, whatever the wording; within a kind, answers are
    comparable. Questions of one `topic` would help to answer each other. `made` is True
    where this project made the question from a label.
    """

    source: str
    domain: Domain
    picture: Picture
    kind: str
    question: str
    answer: str
    topic: str
    made: bool = True


def balanced(
    asked: Sequence[Asked], random: np.random.Generator, most: float = 1.0
) -> list[Asked]:
    """Thin out common answers until the question alone does not give one away.

    Of each kind, no answer is kept more than `most` times as often as the rarest one; a
    kind that has one answer only is dropped.
    """
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for one in asked:
        counts[one.kind][one.answer] += 1
    limit = {
        kind: math.ceil(most * min(c.values())) if len(c) > 1 else 0
        for kind, c in counts.items()
    }
    taken: Counter[tuple[str, str]] = Counter()
    kept = []
    for one in (asked[i] for i in random.permutation(len(asked))):
        if taken[one.kind, one.answer] < limit[one.kind]:
            taken[one.kind, one.answer] += 1
            kept.append(one)
    return kept


def without_repeats(asked: Iterable[Asked]) -> tuple[list[Asked], int, int]:
    """Drop what is there twice, and all answers that contradict each other.

    Returns:
        what is kept, how many repeats were dropped, how many contradictions.
    """
    answers: dict[tuple[Picture, str], dict[str, Asked]] = defaultdict(dict)
    count = 0
    for one in asked:
        count += 1
        key = one.picture, normalise(one.question)
        answers[key].setdefault(normalise(one.answer), one)
    kept = [next(iter(a.values())) for a in answers.values() if len(a) == 1]
    contradictions = sum(len(a) for a in answers.values() if len(a) > 1)
    return kept, count - len(kept) - contradictions, contradictions


def turns(
    asked: Sequence[Asked], most: int, random: np.random.Generator
) -> Iterator[tuple[Asked, ...]]:
    """Group the questions of each picture, at most `most` a row, in random order.

    Questions of one topic are never in one row: one answer would help with another.
    """
    by_picture: dict[Picture, list[Asked]] = defaultdict(list)
    for one in (asked[i] for i in random.permutation(len(asked))):
        by_picture[one.picture].append(one)
    for questions in by_picture.values():
        rows: list[list[Asked]] = []
        for one in questions:
            room = (r for r in rows if _fits(one, r, most))
            row = next(room, None)
            if row is None:
                rows.append([one])
            else:
                row.append(one)
        yield from map(tuple, rows)


def _fits(one: Asked, row: Sequence[Asked], most: int) -> bool:
    return len(row) < most and all(other.topic != one.topic for other in row)
