"""The weekly table: of each version how it answered, and what has surely changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings

from webapp.drift.asked import Asked
from webapp.drift.shares import Share
from webapp.reviews.models import Review

RIGHT = Review.Verdict.RIGHT
FIGURES = ("answered", "abstained", "right")


@dataclass
class Week:
    """One version in one week."""

    week: date
    version: int
    answered: Share = field(default_factory=lambda: Share(0, 0))
    """Of the questions that ended by themselves."""
    abstained: Share = field(default_factory=lambda: Share(0, 0))
    """Of the answers: those that only say that the model knows no such picture."""
    right: Share = field(default_factory=lambda: Share(0, 0))
    """Of the verdicts of people on that week's answers."""
    verdicts: dict[str, int] = field(default_factory=dict)
    marked: list[str] = field(default_factory=list)
    """The figures that have surely left what they were in the weeks before."""

    def add(self, asked: Asked) -> None:
        """Count one question."""
        self.answered = self.answered.plus(asked.is_answered, 1)
        if asked.is_answered:
            self.abstained = self.abstained.plus(asked.has_abstained, 1)
        for verdict in asked.verdicts:
            self.right = self.right.plus(verdict == RIGHT, 1)
            self.verdicts[verdict] = self.verdicts.get(verdict, 0) + 1

    def as_dict(self) -> dict[str, Any]:
        """Plain values."""
        shares = {name: getattr(self, name).as_dict() for name in FIGURES}
        return {
            "week": self.week,
            "version": self.version,
            **shares,
            "verdicts": self.verdicts,
            "marked": self.marked,
        }


def weekly(every: Iterable[Asked]) -> list[Week]:
    """A row for each week and version in which something ended, the newest first."""
    rows: dict[tuple[date, int], Week] = {}
    for asked in every:
        key = (asked.week, asked.version)
        rows.setdefault(key, Week(asked.week, asked.version)).add(asked)
    found = [rows[key] for key in sorted(rows)]
    mark(found)
    return found[::-1]


def mark(rows: Iterable[Week]) -> None:
    """Compare each week with all weeks of the same version before it, oldest first."""
    before: dict[tuple[int, str], Share] = defaultdict(lambda: Share(0, 0))
    for row in rows:
        for name in FIGURES:
            share: Share = getattr(row, name)
            known = before[row.version, name]
            if share.has_left(known, settings.DRIFT_POINTS, settings.DRIFT_FEWEST):
                row.marked.append(name)
            before[row.version, name] = known.plus(share.count, share.total)
