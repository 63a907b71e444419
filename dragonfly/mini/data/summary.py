"""What the training data turned out to be: counts, balance, leaks refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from dragonfly.mini.data.gather import Gathered
from dragonfly.mini.data.plan import Plan
from dragonfly.mini.data.rows import RowSet, answers_by_kind


@dataclass(frozen=True)
class KindBalance:
    """A kind of made questions, and how far its commonest answer gets alone."""

    source: str
    kind: str
    questions: int
    answers: int
    commonest: str
    commonest_share: float


@dataclass(frozen=True)
class Summary:
    """Plain values only, so that it can be kept as JSON.

    `questions` and `rows` are by source and by file; `refused` counts training
    pictures that were left out, by source and reason.
    """

    plan: dict[str, Any]
    questions: dict[str, int]
    rows: dict[str, int]
    pictures: dict[str, int]
    refused: dict[str, dict[str, int]]
    absent: tuple[str, ...]
    held_out_pictures: int
    repeats: int
    contradictions: int
    balance: tuple[KindBalance, ...]
    digests: dict[str, str]


def summarise(
    gathered: Gathered,
    sets: Sequence[RowSet],
    plan: Plan,
    digests: Mapping[str, str],
) -> Summary:
    """The summary of what was gathered and of the rows it became."""
    pictures = {(one.source, one.picture) for one in gathered.asked}
    return Summary(
        plan=asdict(plan),
        questions=dict(sorted(Counter(one.source for one in gathered.asked).items())),
        rows={rows.name: len(rows.rows) for rows in sets},
        pictures=dict(sorted(Counter(source for source, _ in pictures).items())),
        refused={
            name: {str(reason): count for reason, count in sieve.refused.items()}
            for name, sieve in gathered.sieves.items()
        },
        absent=tuple(gathered.absent),
        held_out_pictures=len(gathered.held.paths),
        repeats=gathered.repeats,
        contradictions=gathered.contradictions,
        balance=tuple(_balances(sets)),
        digests=dict(digests),
    )


def _balances(sets: Sequence[RowSet]) -> list[KindBalance]:
    found = []
    for source, kinds in sorted(answers_by_kind(sets).items()):
        for kind, counts in sorted(kinds.items()):
            answer, most = counts.most_common(1)[0]
            total = counts.total()
            share = round(most / total, 4)
            found.append(KindBalance(source, kind, total, len(counts), answer, share))
    return found
