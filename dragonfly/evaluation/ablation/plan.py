"""What an ablation is told: frozen, validated, and free of contradictions.

Only what can be known without opening a checkpoint or a data set is refused here.
"""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dragonfly.evaluation.answered import STRICT
from dragonfly.evaluation.benchmarks.catalogue import find_benchmark
from dragonfly.evaluation.errors import EvaluationError
from dragonfly.evaluation.item import Split

Crops = Literal["low", "low+mid", "pooled", "selected"]


def refuse(contradiction: bool, message: str) -> None:
    """Raise `EvaluationError` ABLATION_INVALID with these words if it holds."""
    if contradiction:
        raise EvaluationError("ABLATION_INVALID", message)


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One row of the table: what is different from the checkpoint's own crops."""

    name: str
    crops: Crops | None = None
    """Low crop alone; with mid crops; with all high crops pooled; or with the best
    high crops of each mid crop. None as in the checkpoint."""
    pool: int | None = None
    """Side of the pooling window of mid and high crops, in ViT patches."""
    top_k: int | None = None
    """High crops kept for each mid crop, 1 to 6."""
    crop_px: int | None = None
    """Side of a crop in pixels: the resolution at which every crop is encoded."""
    model: Path | None = None
    """A checkpoint of its own, where nothing is trained here."""

    def __post_init__(self) -> None:
        refuse(not self.slug, "Every variant needs a name with a letter or a digit.")
        refuse(
            self.top_k is not None and self.crops != "selected",
            f"“{self.name}” has top_k, which counts selected crops. Add crops: "
            "selected or leave top_k out.",
        )
        refuse(
            self.pool is not None and self.crops in (None, "low"),
            f"“{self.name}” has pool, which is the window of mid and high crops. Add "
            "crops: low+mid, pooled or selected, or leave pool out.",
        )
        sizes = (self.pool, self.top_k, self.crop_px)
        refuse(
            any(size is not None and size < 1 for size in sizes),
            f"pool, top_k and crop_px of “{self.name}” must be at least 1.",
        )

    @property
    def slug(self) -> str:
        """The name as a folder."""
        return re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")


@dataclass(frozen=True, kw_only=True)
class PublishedScore:
    """A number of somebody else's ablation, shown beside ours with its source."""

    system: str
    metric: str
    value: float
    source: str
    note: str = ""

    def __post_init__(self) -> None:
        refuse(
            not self.source.strip(),
            f"The published number of “{self.system}” names no source.",
        )


@dataclass(frozen=True, kw_only=True)
class Ablation:
    """A whole ablation.

    Raises:
        EvaluationError: ABLATION_INVALID, with the contradiction in words;
            UNKNOWN_BENCHMARK.
    """

    model: Path
    """The checkpoint that every variant starts from."""
    output: Path
    """Folder of the table, the plot and one folder a variant."""
    benchmark: str
    data: Path
    """Folder of the benchmark's files."""
    variants: tuple[Variant, ...]
    split: Split = "validation"
    limit: int | None = None
    """Ask a fixed subset of so many items."""
    measure: str | None = None
    """The score to compare; "accuracy" where there is one, else the first."""
    mode: str = STRICT
    batch_size: int = 8
    """Questions asked at once."""
    train: Path | None = None
    """A training file, the same for every variant; None only evaluates."""
    published: tuple[PublishedScore, ...] = ()

    def __post_init__(self) -> None:
        find_benchmark(self.benchmark)
        refuse(not self.variants, "An ablation needs at least one variant.")
        refuse(self.batch_size < 1, "batch_size must be at least 1.")
        refuse(self.limit is not None and self.limit < 1, "limit must be at least 1.")
        counts = Counter(variant.slug for variant in self.variants)
        repeated = [v.name for v in self.variants if counts[v.slug] > 1]
        refuse(
            bool(repeated),
            f"Two variants have the name “{(repeated or [''])[0]}”, or names that "
            "differ only in signs.",
        )
        own = [v.name for v in self.variants if v.model is not None]
        refuse(
            bool(own) and self.train is not None,
            f"“{(own or [''])[0]}” has its own model, but with `train` all variants "
            "start from the same one. Drop one of the two.",
        )
        refuse(
            self.output.resolve() in {self.model.resolve(), self.data.resolve()},
            "output is the folder of the model or of the data. Choose another.",
        )

    def checkpoint_of(self, variant: Variant) -> Path:
        """The checkpoint that a variant starts from."""
        return variant.model or self.model

    def folder_of(self, variant: Variant) -> Path:
        return self.output / "variants" / variant.slug
