"""The first scoring rule: look where the slide differs from itself.

The score of a cell is its mean cosine distance to its nearest neighbours among the
cells examined at the same magnification. It does not know the question. The published
rule, a dot product with the mean of the parent, prefers typical cells; see decision
0003.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from dragonfly.zoom.scoring import Scores

RULE = "novelty"
NEIGHBOURS = 5


class Novelty:
    """The scorer of models that have no other."""

    finest = 1

    def describe(self, features: Tensor) -> Tensor:
        return features.mean(dim=0)

    def score(self, described: Tensor, is_finest: bool) -> Scores:
        return Scores(novelty(described), RULE)

    def pick(self, described: Tensor, scores: Scores, count: int) -> list[int]:
        return pick_diverse(described, scores.values, count)


def novelty(features: Tensor) -> Tensor:
    """Mean cosine distance to the nearest neighbours.

    Args:
        features: one vector per cell, shape (n, hidden).

    Returns:
        shape (n,), between 0 (like its neighbours) and 2; zeros for a single cell.
    """
    count = len(features)
    if count < 2:
        return torch.zeros(count)
    unit = F.normalize(features.float(), dim=1)
    distance = (1 - unit @ unit.T).clamp(min=0).fill_diagonal_(torch.inf)
    nearest = distance.topk(min(NEIGHBOURS, count - 1), largest=False).values
    return nearest.mean(dim=1).cpu()


def pick_diverse(features: Tensor, scores: Tensor, count: int) -> list[int]:
    """Indices of high-scoring cells that differ from each other.

    Greedy: each pick maximises its score times its cosine distance to the nearest
    cell picked before. The first of equals wins.
    """
    unit = F.normalize(features.float(), dim=1).cpu()
    distance = torch.ones(len(unit))
    free = torch.ones(len(unit), dtype=torch.bool)
    picks: list[int] = []
    for _ in range(min(count, len(unit))):
        value = (scores * distance).masked_fill(~free, -1.0)
        best = int(value.argmax())
        picks.append(best)
        free[best] = False
        distance = torch.minimum(distance, (1 - unit @ unit[best]).clamp(min=0))
    return picks
