"""The adapter that ships with the package, and what it was trained on."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from dragonfly.engine.familiarity import FILE as FAMILIARITY
from dragonfly.errors import ModelError
from dragonfly.training.adapter import (
    ABOUT,
    WEIGHTS,
    AdapterAbout,
    Weights,
    load_adapter,
)
from dragonfly.zoom.relevance import FILE as RELEVANCE

MEASURED = (FAMILIARITY, RELEVANCE)
"""What goes with the weights: which pictures are known, and where answers lie."""
SHIPPED = Path(__file__).parent / "adapter"
PARTS = "parts.json"
Parts = dict[str, str]
"""SHA-256 of each pretrained part, and the number of the recipe that joins them."""


@dataclass(frozen=True)
class Shipped:
    """An adapter's folder, known by its digest before its weights are read."""

    folder: Path
    digest: str
    parts: Parts

    @classmethod
    def read(cls, folder: Path) -> Shipped:
        """Take notice of the adapter in a folder.

        Raises:
            ModelError: MINI_ADAPTER_MISSING.
        """
        files = [folder / name for name in (WEIGHTS, ABOUT, PARTS, *MEASURED)]
        if not all(file.is_file() for file in files):
            raise ModelError(
                "MINI_ADAPTER_MISSING",
                f"There is no adapter of Dragonfly-mini in {folder}. Install the "
                "package again, or make one with `dragonfly mini train`.",
            )
        summed = hashlib.sha256(b"".join(file.read_bytes() for file in files))
        return cls(folder, summed.hexdigest(), json.loads(files[2].read_text()))

    def weights(self) -> Weights:
        """The trained weights as float32.

        Raises:
            TrainingError: ADAPTER_INVALID.
        """
        return {n: t.float() for n, t in load_adapter(self.folder)[0].items()}

    @property
    def about(self) -> AdapterAbout:
        return load_adapter(self.folder)[1]
