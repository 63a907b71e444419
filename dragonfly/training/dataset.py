"""`Dataset`: the examples of one stream, read by slot, bad ones replaced and told.

A replacement is chosen from the same source by the slot alone, so that every process
and every resumed run makes the same choice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dragonfly.model.layout import CropLayout
from dragonfly.training.errors import TrainingError
from dragonfly.training.example import Picture
from dragonfly.training.feature_store import FeatureStore
from dragonfly.training.pictures import PictureReader, key_of
from dragonfly.training.row_store import RowStore
from dragonfly.training.rows import BadExampleError, example_of
from dragonfly.training.sampler import Slot
from dragonfly.training.slide_index import SlideIndex, no_slides, read_slide_index
from dragonfly.training.source import Source

ATTEMPTS = 16


@dataclass(frozen=True)
class Bad:
    """An example that was skipped: where it is and why, without its content."""

    source: str
    row: int
    code: str


@dataclass(frozen=True)
class Loaded:
    """One example ready for a batch; `looked` is uint8 crops or float16 features."""

    text: str
    looked: Tensor | None
    bad: tuple[Bad, ...]


class Dataset:
    """Examples of several sources of one stream. Thread-safe.

    Args:
        sources: each with a `path`.
        layout: the crops of one picture.
        cache: folder for the tables of rows.
        seed: chooses replacements and captions' instructions.
        features: gives the features of pictures in place of their crops.

    Raises:
        TrainingError: SOURCE_NOT_ON_DISK, or what `RowStore` raises.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        layout: CropLayout,
        cache: Path,
        seed: int = 0,
        features: FeatureStore | None = None,
    ) -> None:
        self.sources = tuple(sources)
        self.seed = seed
        self.features = features
        self.stores = [RowStore(_path(source), cache) for source in sources]
        self.readers = [PictureReader(layout, _index(source)) for source in sources]

    @property
    def lengths(self) -> list[int]:
        return [len(store) for store in self.stores]

    @property
    def text_lengths(self) -> list[NDArray[np.int64]]:
        """Characters of the rows of each source."""
        return [store.text_lengths() for store in self.stores]

    def load(self, slot: Slot) -> Loaded:
        """The example at a slot, or its replacement.

        Raises:
            TrainingError: SOURCE_UNREADABLE, no replacement could be read either.
        """
        bad: list[Bad] = []
        row = slot.row
        for attempt in range(ATTEMPTS):
            try:
                text, looked = self._read(slot, row)
                return Loaded(text, looked, tuple(bad))
            except BadExampleError as error:
                bad.append(Bad(self.sources[slot.source].name, row, error.code))
                row = self._replacement(slot, attempt)
        raise TrainingError(
            "SOURCE_UNREADABLE",
            f"{ATTEMPTS} examples in a row of source "
            f"“{self.sources[slot.source].name}” cannot be read ({bad[-1].code}).",
        )

    def picture(self, source: int, row: int) -> Picture | None:
        """The picture of a row.

        Raises:
            BadExampleError: the row names none.
        """
        found = self.stores[source][row]
        return example_of(found, self.sources[source], "").picture

    def _read(self, slot: Slot, row: int) -> tuple[str, Tensor | None]:
        choice = f"{self.seed} {slot.epoch} {row}"
        source = self.sources[slot.source]
        example = example_of(self.stores[slot.source][row], source, choice)
        if example.picture is None:
            return example.text, None
        return example.text, self._look(slot.source, example.picture)

    def _look(self, source: int, picture: Picture) -> Tensor:
        if self.features is None:
            return torch.from_numpy(self.readers[source].read(picture))
        packed = self.features.get(key_of(picture))
        if packed is None:
            raise BadExampleError(
                "FEATURES_MISSING", "A picture has no stored features."
            )
        return torch.from_numpy(packed)

    def _replacement(self, slot: Slot, attempt: int) -> int:
        content = f"{self.seed} {slot.source} {slot.position} {attempt}"
        digest = hashlib.sha256(content.encode()).digest()
        return int.from_bytes(digest[:8]) % len(self.stores[slot.source])


def _path(source: Source) -> Path:
    if source.path is None or not source.path.is_file():
        raise TrainingError(
            "SOURCE_NOT_ON_DISK",
            f"The file of source “{source.name}” is not on disk. It comes from: "
            f"{source.obtained_from}. Nothing is downloaded.",
        )
    return source.path


def _index(source: Source) -> SlideIndex:
    return no_slides if source.slides is None else read_slide_index(source.slides)
