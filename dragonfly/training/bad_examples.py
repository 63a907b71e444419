"""Count and report examples that cannot be used, and stop when there are too many."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from dragonfly.training.dataset import Bad
from dragonfly.training.errors import TrainingError

FILE = "bad_examples.jsonl"
FEW = 100
"""A share of fewer examples than this says nothing yet."""


class BadExamples:
    """Bad examples over all processes; their places go to `bad_examples.jsonl`.

    Args:
        folder: of the run.
        max_share: the run stops above it.
        rank: processes write files of their own.
    """

    def __init__(self, folder: Path, max_share: float, rank: int = 0) -> None:
        self.max_share = max_share
        self.seen = 0
        self.bad = 0
        suffix = "" if rank == 0 else f".{rank}"
        self._file = folder / f"{FILE}{suffix}"

    def report(self, bad: Iterable[Bad]) -> None:
        """Append the places of this process's bad examples."""
        lines = [json.dumps(asdict(each)) + "\n" for each in bad]
        if lines:
            with self._file.open("a", encoding="utf-8") as opened:
                opened.write("".join(lines))

    def count(self, seen: int, bad: int) -> None:
        """Add what all processes saw.

        Raises:
            TrainingError: TOO_MANY_BAD_EXAMPLES.
        """
        self.seen += seen
        self.bad += bad
        if self.bad > self.max_share * max(self.seen + self.bad, FEW):
            raise TrainingError(
                "TOO_MANY_BAD_EXAMPLES",
                f"{self.bad} of {self.seen + self.bad} examples cannot be read; at "
                f"most {self.max_share:.2%} may. {self._file.name} lists them. Repair "
                "the data or raise data.max_bad_share.",
            )
