"""What a scoring rule offers to the descent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from torch import Tensor


@dataclass(frozen=True)
class Scores:
    """A value for each cell of one magnification, and the rule that gave it."""

    values: Tensor
    """Shape (n,); comparable within the magnification only."""
    rule: str


class Scorer(Protocol):
    """Describes a cell by one vector, and ranks cells by their vectors."""

    finest: int
    """Side of the smallest cells that are worth examining, in crop sides: 1 is native
    resolution, 2 shows twice as much at half of it."""

    def describe(self, features: Tensor) -> Tensor:
        """One vector of a cell's features, shape (1 + patches, hidden)."""

    def score(self, described: Tensor, is_finest: bool) -> Scores:
        """How much each cell deserves a closer look.

        Args:
            described: vectors of all cells of one magnification, shape (n, d).
            is_finest: the cells are as small as this rule wants them.
        """

    def pick(self, described: Tensor, scores: Scores, count: int) -> list[int]:
        """Indices of the cells to go on with, best first."""
