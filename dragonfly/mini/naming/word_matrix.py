"""Joins what can be told of class tokens with the words for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import torch
from rich.console import Console
from torch import Tensor, nn

from dragonfly.mini.naming.class_tokens import TARGET_WORDS, Gathered
from dragonfly.mini.naming.said import Labels, Said
from dragonfly.mini.naming.word_fit import Judged, WordFit, judged
from dragonfly.model import DragonflyForCausalLM, DragonflyProcessor

LEAST_TOLD = 0.15
"""Correlation on what was held out, from which a word is worth saying."""
LOUDNESS = 3.0
"""Length of a word that is wholly true, in mean lengths of word embeddings."""


class WordDirections:
    """Word embeddings around their mean, scaled to one size."""

    def __init__(
        self, model: DragonflyForCausalLM, processor: DragonflyProcessor
    ) -> None:
        embedding = cast(nn.Embedding, model.get_input_embeddings())
        self._tokenizer = processor.tokenizer
        self._around_mean = embedding.weight.detach().float()
        self._around_mean = self._around_mean - self._around_mean.mean(dim=0)
        self._size = self._around_mean.norm(dim=1).mean()

    def of(self, word: str) -> Tensor:
        """The direction of a word inside a sentence, shape (hidden,), float64."""
        ids = self._tokenizer(f" {word}", add_special_tokens=False).input_ids
        summed = self._around_mean[ids].sum(dim=0)
        direction: Tensor = summed / summed.norm().clamp(min=1e-6) * self._size
        return direction.double()


def naming_of(
    said: Said, gathered: Gathered, words: WordDirections, console: Console
) -> Tensor:
    """What to add to a projector: shape (features + 1, hidden), the constant last."""
    fit = WordFit(gathered.done(), gathered.patches)
    parts, told = [], []
    for word in sorted({*said.words(), *TARGET_WORDS.values()}):
        labels = judged_rows(said.labels(word), gathered, word)
        if fit.told(labels) >= LEAST_TOLD:
            parts.append(torch.outer(fit.fit(labels), words.of(word)))
            told.append(word)
    console.print(f"{len(told)} words can be told from pictures.")
    hidden = len(words.of("cell"))
    size = len(gathered.patches)
    silent = torch.zeros(size, hidden, dtype=torch.float64)
    return LOUDNESS * sum(parts, start=silent)


def judged_rows(labels: Labels, gathered: Gathered, word: str) -> Judged:
    """The rows of the labelled pictures, and of crops where the word is a target's."""
    pairs = [
        (row, label) for key, label in labels.items() for row in gathered.rows_of[key]
    ]
    crops: Sequence[float] = gathered.held.get(word, ())
    return judged(
        [
            ([row for row, _ in pairs], [label for _, label in pairs]),
            (gathered.crop_rows if crops else (), crops),
        ]
    )
