"""From class tokens to how much a word is true of them, by ridge regression."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from dragonfly.mini.naming.class_tokens import ClassTokens

RIDGE = 0.01
"""Of the features' mean second moment."""
BACKGROUND = 0.1
"""Weight of class tokens of which the word was not judged: it shall stay silent."""
PATCHES = 0.2
"""Weight of each summed patch token: only class tokens shall name."""
HELD_OUT = 5
"""Of so many pictures or slides, one is held out to see whether a word can be told."""
FEWEST = 12
"""Judged rows, and five of them held out: fewer say nothing."""


@dataclass(frozen=True)
class Judged:
    """Rows of which a word was judged, and by how much it is truer than usual."""

    rows: Tensor
    excess: Tensor


def judged(parts: Sequence[tuple[Sequence[int], Sequence[float]]]) -> Judged:
    """Labels of rows, centred within each part."""
    rows, excess = [], []
    for own_rows, labels in parts:
        if own_rows:
            values = torch.tensor(labels, dtype=torch.float64)
            rows.append(torch.tensor(own_rows))
            excess.append(values - values.mean())
    if not rows:
        return Judged(torch.zeros(0, dtype=torch.long), torch.zeros(0).double())
    return Judged(torch.cat(rows), torch.cat(excess))


class WordFit:
    """Fits words one after the other on the same class tokens.

    Args:
        tokens: all class tokens.
        patches: sum of the outer products of patch tokens, shape (f + 1, f + 1).
    """

    def __init__(self, tokens: ClassTokens, patches: Tensor) -> None:
        self.tokens = tokens
        every = torch.arange(len(tokens.tokens))
        self._background = BACKGROUND * self._second_moments(every) + PATCHES * patches
        parts = [int(group[:8], 16) % HELD_OUT for group in tokens.groups]
        self._is_held_out = torch.tensor(parts) == 0

    def fit(self, labels: Judged) -> Tensor:
        """Coefficients by feature, and the constant behind them, shape (f + 1,)."""
        chosen = self.tokens.tokens[labels.rows]
        weights = self.tokens.weights[labels.rows]
        moments = (1 - BACKGROUND) * self._second_moments(labels.rows)
        moments += self._background
        ridge = RIDGE * moments.diagonal()[:-1].mean() * torch.ones(len(moments))
        ridge[-1] = 0
        wanted = chosen.T @ (weights * labels.excess)
        solved: Tensor = torch.linalg.solve(moments + ridge.diag().double(), wanted)
        return solved

    def told(self, labels: Judged) -> float:
        """Correlation with the labels on pictures and slides that the fit did not see.

        Zero where too few were judged, or all alike.
        """
        held_out = self._is_held_out[labels.rows]
        seen, unseen = (
            Judged(labels.rows[which], labels.excess[which])
            for which in (~held_out, held_out)
        )
        if len(seen.rows) < FEWEST or len(unseen.rows) < FEWEST:
            return 0.0
        if not (seen.excess.std() > 0 and unseen.excess.std() > 0):
            return 0.0
        found = self.tokens.tokens[unseen.rows] @ self.fit(seen)
        pair = torch.stack([found, unseen.excess])
        return float(torch.corrcoef(pair)[0, 1].nan_to_num())

    def _second_moments(self, rows: Tensor) -> Tensor:
        chosen = self.tokens.tokens[rows]
        weighted = chosen * self.tokens.weights[rows, None]
        moments: Tensor = chosen.T @ weighted
        return moments
