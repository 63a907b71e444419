"""Which row comes next: a function of the seed, the epoch and the position.

Nothing here is remembered between calls, so a run resumes anywhere and every process
knows what the others read. `Slot` numbers rows; what they hold is not known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dragonfly.training.source import Stream

ORDER: tuple[Stream, ...] = ("image", "text", "math")
SOURCE_SHIFT = 40
ROW_MASK = (1 << SOURCE_SHIFT) - 1


@dataclass(frozen=True)
class Slot:
    """A row of a source, and the place in the run where it is used."""

    source: int
    row: int
    epoch: int
    position: int


class Sampler:
    """The endless sequence of rows of one stream: epoch after epoch, each shuffled.

    An epoch holds each row as often as its source's weight says; the fraction of a
    weight takes another random part of the rows in each epoch.

    Args:
        lengths: rows of each source.
        weights: appearances of each row per epoch.
        seed: of the run.
        stream: streams of one run are shuffled apart.
        shuffled: False keeps the order of the files.
    """

    def __init__(
        self,
        lengths: Sequence[int],
        weights: Sequence[float],
        seed: int,
        stream: Stream = "image",
        shuffled: bool = True,
    ) -> None:
        self.lengths = tuple(lengths)
        self.weights = tuple(weights)
        self.seed = seed
        self.stream = stream
        self.shuffled = shuffled
        parts = zip(self.lengths, self.weights, strict=True)
        self._counts = [max(1, round(n * weight)) for n, weight in parts]
        self._order = lru_cache(maxsize=2)(self._shuffle)

    def __len__(self) -> int:
        """Examples in one epoch."""
        return sum(self._counts)

    def __getitem__(self, position: int) -> Slot:
        epoch, within = divmod(position, len(self))
        entry = int(self._order(epoch)[within])
        return Slot(entry >> SOURCE_SHIFT, entry & ROW_MASK, epoch, position)

    def state(self, position: int) -> dict[str, Any]:
        """What a checkpoint records, and what a resumed run must agree with."""
        epoch, within = divmod(position, len(self))
        return {
            "stream": self.stream,
            "seed": self.seed,
            "lengths": list(self.lengths),
            "weights": list(self.weights),
            "epoch": epoch,
            "position": within,
        }

    def _shuffle(self, epoch: int) -> NDArray[np.int64]:
        random = np.random.default_rng([self.seed, ORDER.index(self.stream), epoch])
        parts = [
            (np.int64(source) << SOURCE_SHIFT) | self._rows(n, wanted, random)
            for source, (n, wanted) in enumerate(
                zip(self.lengths, self._counts, strict=True)
            )
        ]
        entries = np.concatenate(parts)
        return random.permutation(entries) if self.shuffled else entries

    def _rows(
        self, length: int, wanted: int, random: np.random.Generator
    ) -> NDArray[np.int64]:
        whole, rest = divmod(wanted, length)
        rows = [np.arange(length, dtype=np.int64)] * whole
        if rest:
            chosen = random.permutation(length) if self.shuffled else np.arange(length)
            rows.append(chosen[:rest].astype(np.int64))
        return np.concatenate(rows)


def share(positions: range, rank: int, ranks: int) -> range:
    """The positions of one process: contiguous, of equal number."""
    each = len(positions) // ranks
    return positions[rank * each : (rank + 1) * each]
