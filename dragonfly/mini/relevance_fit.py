"""Fits the form that tells which cells of a slide a question is about.

Ridge regression on both sides at once: from the features of cells and the words of
questions to the share of a cell that the question's target fills. Questions about
anything else are fitted to zero, so that common words count little. Knows no slides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from dragonfly.zoom.relevance import Relevance, standardised

CELL_RIDGE = 0.4
"""Of the features' variance, which is one: they are standardised."""
WORD_RIDGE = 0.01
"""Of the question vectors' mean squared norm."""
FILLED = 0.6
"""Share of the cell or the target, whichever is smaller, that counts as all of it."""
HELD_BACK = 4
"""Every fourth slide and question choose the threshold; all are fitted in the end."""


@dataclass(frozen=True)
class SlideCells:
    """The cells of one slide and magnification.

    `described` has shape (n, 2 hidden); `shares` holds, for each kind of target on the
    slide, the part of each cell that it fills, shape (n,).
    """

    described: Tensor
    shares: Mapping[str, Tensor]

    def share(self, kinds: Sequence[str]) -> Tensor:
        """The largest share of any of `kinds`, shape (n,), one where it is filled."""
        found = [self.shares[kind] for kind in kinds if kind in self.shares]
        nothing = torch.zeros(len(self.described))
        return torch.stack([nothing, *found]).amax(dim=0).clamp(max=FILLED) / FILLED


@dataclass(frozen=True)
class Asking:
    """The vector of a question, and the kinds of target that it asks for, or none."""

    vector: Tensor
    kinds: tuple[str, ...]


def fit_relevance(
    slides: Sequence[SlideCells], questions: Sequence[Asking], centre: Tensor
) -> Relevance:
    """The form fitted to all, with a threshold measured on what was held back.

    Args:
        slides: each with two cells at least.
        questions: some for targets, others for anything else.
        centre: mean word embedding, around which the question vectors lie.
    """
    threshold = _threshold(slides, questions)
    return Relevance(_fit(slides, questions), centre, threshold)


def _fit(slides: Sequence[SlideCells], questions: Sequence[Asking]) -> Tensor:
    cells = torch.cat([standardised(slide.described) for slide in slides])
    words = torch.stack([asking.vector for asking in questions])
    wanted = torch.stack(
        [torch.cat([slide.share(a.kinds) for slide in slides]) for a in questions], 1
    )
    by_cell = _ridge(cells, wanted, CELL_RIDGE * len(cells))
    size = WORD_RIDGE * float(words.square().sum(dim=1).mean())
    return _ridge(words, by_cell.T, size).T


def _ridge(inputs: Tensor, wanted: Tensor, ridge: float) -> Tensor:
    """Weights of shape (inputs, wanted)."""
    inputs, wanted = inputs.double(), wanted.double()
    square = inputs.T @ inputs
    square.diagonal().add_(ridge)
    weights: Tensor = torch.linalg.solve(square, inputs.T @ wanted)
    return weights.float()


def _threshold(slides: Sequence[SlideCells], questions: Sequence[Asking]) -> float:
    """Between the spreads of scores that mean something and of those that do not.

    The geometric mean of what 95 % of the other questions stay below, and 95 % of the
    questions for targets exceed, on slides and in wordings that were held back.
    """
    kept = [s for i, s in enumerate(slides) if i % HELD_BACK]
    known = [q for i, q in enumerate(questions) if i % HELD_BACK]
    weight = _fit(kept, known)
    spreads: dict[bool, list[float]] = {True: [], False: []}
    for slide in slides[::HELD_BACK]:
        seen = standardised(slide.described) @ weight
        for asking in questions[::HELD_BACK]:
            spread = float((seen @ asking.vector).std())
            spreads[bool(asking.kinds)].append(spread)
    low = torch.tensor(spreads[False]).quantile(0.95)
    high = torch.tensor(spreads[True]).quantile(0.05)
    return float((low * high).sqrt())
