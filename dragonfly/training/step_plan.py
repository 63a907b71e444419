"""Which examples of which streams a step learns from, as published.

Every step has a batch of pictures; every n-th step a batch of text joins it, every
m-th a batch of mathematics. Their losses are added, each a mean of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dragonfly.training.sampler import ORDER, Sampler
from dragonfly.training.source import Stream


@dataclass(frozen=True)
class StepPlan:
    """Positions in each stream's sequence, for any step."""

    samplers: Mapping[Stream, Sampler]
    every: Mapping[Stream, int]
    batch_size: int

    def groups(self, step: int) -> list[tuple[Stream, range]]:
        """The streams of a step (counted from 0) and their positions.

        Pictures come last: their pass touches every trained weight, which the
        reduction over processes behind the last pass relies on.
        """
        due = [s for s in ORDER if s in self.samplers and self._due(s, step)]
        return [(stream, self._positions(stream, step)) for stream in reversed(due)]

    def state(self, step: int) -> dict[str, Any]:
        """Where every stream stands when `step` steps are done."""
        return {
            "batch_size": self.batch_size,
            "every": {stream: self.every[stream] for stream in self.samplers},
            "streams": [
                sampler.state(step // self.every[stream] * self.batch_size)
                for stream, sampler in self.samplers.items()
            ],
        }

    def _due(self, stream: Stream, step: int) -> bool:
        return (step + 1) % self.every[stream] == 0

    def _positions(self, stream: Stream, step: int) -> range:
        first = step // self.every[stream] * self.batch_size
        return range(first, first + self.batch_size)
