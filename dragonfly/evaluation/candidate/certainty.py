"""How sure a model was of an answer: the likelihood of what it wrote, token by token.

It is a figure for comparing models, and no probability that the answer is right; how
far the two agree is what `calibration` measures.
"""

from __future__ import annotations

import math
from types import TracebackType
from typing import Any, Self

from torch import nn


class Certainty:
    """Listens to a model while it writes greedily, in a `with` block.

    Args:
        model: gives logits of shape (1, places, vocabulary); the last place decides.
    """

    def __init__(self, model: nn.Module) -> None:
        self._model = model
        self._logs: list[float] = []

    def __enter__(self) -> Self:
        self._handle = self._model.register_forward_hook(self._hear)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._handle.remove()

    @property
    def mean(self) -> float | None:
        """Geometric mean of the tokens' likelihoods, 0..1; None of no token."""
        if not self._logs:
            return None
        return math.exp(sum(self._logs) / len(self._logs))

    def _hear(self, model: nn.Module, inputs: Any, output: Any) -> None:
        last = output.logits[0, -1].float()
        self._logs.append(float(last.log_softmax(-1).max()))
