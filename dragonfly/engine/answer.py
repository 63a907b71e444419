"""What a question gets: the text, the regions looked at, and how to repeat it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from dragonfly.geometry import Region
from dragonfly.slide import CropSource

INTENDED_USE = "Research use only. Not for diagnosis or patient management."
EvidenceKind = Literal["examined", "selected"]


@dataclass(frozen=True)
class Evidence:
    """A region that the model was given, and the rule that chose or ranked it.

    It says where the model looked, never why it answered so.
    """

    number: int
    region: Region
    """Level-0 pixels."""
    kind: EvidenceKind
    rule: str
    """"dragonfly-v1", "question", "novelty" or "attention": see docs/decisions/0002."""
    score: float
    resolution: str
    """"low", "mid" or "high": its place in the model's layout."""
    downsample: float
    """Level-0 pixels per pixel of the crop that the model saw."""
    magnification: float | None
    """For people; None when the slide does not say."""
    parent: int | None = None
    """Number of the evidence region that this one zooms into."""
    attention: float | None = None
    """Attention of the answer's tokens relative to the average visual token."""
    source: CropSource | None = None
    """How to read the crop's pixels again."""


@dataclass(frozen=True)
class Coverage:
    """Share of the region's tissue given to the encoder at a downsample or finer."""

    downsample: float
    tissue_share: float


@dataclass(frozen=True)
class Provenance:
    """Everything needed to repeat an answer byte for byte."""

    model_name: str
    model_digest: str
    variant: str
    layout: dict[str, Any]
    slide_digest: str
    region: Region
    strategy: str
    """"picture": the region as one Dragonfly image; "descent": zoom-in selection."""
    fidelity: str
    crops: tuple[Region, ...]
    """Every crop given to the language model, in order, in level-0 pixels."""
    question: str
    prompt: str
    seed: int
    max_new_tokens: int
    temperature: float
    budget: dict[str, int]
    dtype: str
    device: str
    versions: dict[str, str]
    started_at: str
    """UTC, ISO 8601."""
    seconds: dict[str, float] = field(default_factory=dict)
    familiarity: dict[str, float] | None = None
    """"distance" of the overview to the training pictures, and the "threshold" beyond
    which it is not answered; None where the model's maker did not measure it."""


@dataclass(frozen=True)
class Answer:
    """The finished answer."""

    text: str
    evidence: tuple[Evidence, ...]
    coverage: tuple[Coverage, ...]
    notes: tuple[str, ...]
    """Codes of doubts about the slide that touch this answer."""
    unreadable_tiles: int
    """Damaged tiles met so far on this slide; the model saw them as marked grey."""
    is_truncated: bool
    """The text stopped at the limit of new tokens, not at its own end."""
    provenance: Provenance
    intended_use: str = INTENDED_USE

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON; regions as {x, y, width, height}."""
        return asdict(self)
