"""`Source`: one named set of examples, and where its files lie.

It says nothing of how rows are read or how sources are mixed.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dragonfly.training.errors import TrainingError

Stream = Literal["image", "text", "math"]
UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Source:
    """One set of rows, in the published format or as a manifest.

    Raises:
        TrainingError: SOURCE_INVALID.
    """

    name: str
    """Unique in its mixture; metrics and data cards use it."""
    path: Path | None = None
    """A `.parquet`, `.json` or `.jsonl` file; None until somebody has put it there."""
    image_dir: Path | None = None
    """Where relative `image_url`s start; the folder of `path` by default."""
    slides: Path | None = None
    """JSON file `{slide digest: path}`, for manifest rows that name slides."""
    stream: Stream = "image"
    """Examples with a picture, or text alone: two kinds that are never in one batch."""
    weight: float = 1.0
    """How often each row is seen per epoch; 0.5 takes a new random half each time."""
    rows: int | None = None
    """How many rows the set has, where that is known."""
    licence: str = UNKNOWN
    obtained_from: str = UNKNOWN
    """Where a person gets it. Nothing is ever downloaded from here."""
    evidence: str = UNKNOWN
    """What the figures above rest on."""

    def __post_init__(self) -> None:
        if not self.name or self.name != self.name.strip():
            raise TrainingError("SOURCE_INVALID", "Every source needs a name.")
        if {"/", "\\"} & set(self.name):
            raise TrainingError(
                "SOURCE_INVALID",
                f"The name of source “{self.name}” holds a slash, but files are named "
                "after it.",
            )
        if not 0 < self.weight <= 100:
            raise TrainingError(
                "SOURCE_INVALID",
                f"The weight of source “{self.name}” must lie above 0 and at most 100.",
            )

    @property
    def pictures_start(self) -> Path:
        """The folder where relative picture paths start."""
        if self.image_dir is not None:
            return self.image_dir
        return self.path.parent if self.path is not None else Path()
