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


@dataclass(frozen=True)
class LengthGroups:
    """Deals rows of about one length into one batch (less padding, same rows).

    `lengths` holds one array for each source; among the rows of `window` batches of
    `batch_size` in the shuffled order, the shortest make one batch, the next another,
    and the batches are shuffled again.
    """

    lengths: Sequence[NDArray[np.int64]]
    batch_size: int
    window: int

    def deal(
        self, entries: NDArray[np.int64], random: np.random.Generator
    ) -> NDArray[np.int64]:
        """The same entries in an order that keeps like lengths together."""
        size = self.batch_size * self.window
        parts = [entries[at : at + size] for at in range(0, len(entries), size)]
        return np.concatenate([self._deal(part, random) for part in parts])

    def _deal(
        self, part: NDArray[np.int64], random: np.random.Generator
    ) -> NDArray[np.int64]:
        lengths = [self.lengths[e >> SOURCE_SHIFT][e & ROW_MASK] for e in part]
        ordered = part[np.argsort(lengths, kind="stable")]
        starts = range(0, len(part), self.batch_size)
        batches = [ordered[at : at + self.batch_size] for at in starts]
        # A short batch stays last, else all behind it would straddle two batches.
        whole = len(part) // self.batch_size
        order = [*random.permutation(whole), *range(whole, len(batches))]
        return np.concatenate([batches[index] for index in order])


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
        groups: deals rows of like length into one batch.
    """

    def __init__(
        self,
        lengths: Sequence[int],
        weights: Sequence[float],
        seed: int,
        stream: Stream = "image",
        shuffled: bool = True,
        groups: LengthGroups | None = None,
    ) -> None:
        self.lengths = tuple(lengths)
        self.weights = tuple(weights)
        self.seed = seed
        self.stream = stream
        self.shuffled = shuffled
        self.groups = groups
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
            "length_window": self.groups.window if self.groups else 1,
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
        if not self.shuffled:
            return entries
        shuffled = random.permutation(entries)
        return self.groups.deal(shuffled, random) if self.groups else shuffled

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
