"""The second scoring rule: look where the question finds an answer.

A bilinear form compares a cell's features with the words of the question. It was
fitted to questions whose evidence is known, at one magnification; it is used there
alone, and only while it tells the cells apart. Coarser cells, and questions that it
knows nothing of, are ranked by novelty.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from dragonfly.zoom.novelty import RULE as NOVELTY
from dragonfly.zoom.novelty import novelty, pick_diverse
from dragonfly.zoom.scoring import Scores

RULE = "question"
FILE = "relevance.safetensors"
SMALLEST_SPREAD = 1e-3
"""Added to the spread of a feature, so that a constant one counts nothing."""


@dataclass(frozen=True)
class Relevance:
    """What a checkpoint knows of where answers lie.

    `weight` has shape (2 hidden, words hidden) and `centre` (words hidden,): the mean
    word embedding. Scores that vary by less than `threshold` (a standard deviation
    over the cells) say nothing about the question. `finest` is the side, in crops, of
    the cells that it was fitted to.
    """

    weight: Tensor
    centre: Tensor
    threshold: float
    finest: int = 2

    @classmethod
    def load(cls, folder: Path) -> Relevance | None:
        """That of a checkpoint, or None where nothing was fitted."""
        file = folder / FILE
        if not file.is_file():
            return None
        found = {name: tensor.float() for name, tensor in load_file(file).items()}
        threshold, finest = float(found["threshold"]), int(found["finest"])
        return cls(found["weight"], found["centre"], threshold, finest)

    def save(self, folder: Path) -> None:
        tensors = {
            "weight": self.weight.half(),
            "centre": self.centre.half(),
            "threshold": torch.tensor(self.threshold),
            "finest": torch.tensor(self.finest),
        }
        save_file({n: t.contiguous() for n, t in tensors.items()}, folder / FILE)

    def asked(self, words: Tensor) -> RelevanceScorer:
        """The scorer of one question; `words` as `question_vector` takes them."""
        return RelevanceScorer(self, question_vector(words, self.centre))


def question_vector(words: Tensor, centre: Tensor) -> Tensor:
    """The mean of a question's distinct word embeddings around the mean of all words.

    Args:
        words: embeddings of the distinct tokens, shape (n, hidden).
        centre: shape (hidden,).
    """
    return words.float().cpu().mean(dim=0) - centre


def signature(features: Tensor) -> Tensor:
    """Class token and mean patch of (1 + patches, hidden) features: (2 hidden,)."""
    return torch.cat([features[0], features[1:].mean(dim=0)]).float().cpu()


def standardised(described: Tensor) -> Tensor:
    """Each feature relative to the cells of one slide and magnification.

    Stain and scanner then weigh little: what counts is how a cell differs from its
    slide.
    """
    if len(described) < 2:
        return torch.zeros_like(described)
    spread = described.std(dim=0) + SMALLEST_SPREAD
    return (described - described.mean(dim=0)) / spread


class RelevanceScorer:
    """`Relevance` for one question."""

    def __init__(self, relevance: Relevance, question: Tensor) -> None:
        self.finest = relevance.finest
        self.threshold = relevance.threshold
        self._direction = relevance.weight @ question

    def describe(self, features: Tensor) -> Tensor:
        return signature(features)

    def score(self, described: Tensor, is_finest: bool) -> Scores:
        if is_finest and len(described) > 1:
            values = standardised(described) @ self._direction
            if float(values.std()) >= self.threshold:
                # Shifted, so that a share of tissue never turns a bad cell into a
                # better one.
                return Scores(values - values.min(), RULE)
        return Scores(novelty(described), NOVELTY)

    def pick(self, described: Tensor, scores: Scores, count: int) -> list[int]:
        if scores.rule == RULE:
            best = scores.values.argsort(descending=True, stable=True)
            return [int(index) for index in best[:count]]
        return pick_diverse(described, scores.values, count)
