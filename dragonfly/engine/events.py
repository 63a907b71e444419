"""What happens while a question is answered, in order, as it happens."""

from __future__ import annotations

from dataclasses import dataclass

from dragonfly.engine.answer import Answer, Evidence
from dragonfly.geometry import Region


@dataclass(frozen=True)
class OverviewEncoded:
    """The whole region was seen once, as the low crop."""

    region: Region


@dataclass(frozen=True)
class RegionExamined:
    """One region was read and encoded, in zoom `step` of `steps`, which has `of`."""

    region: Region
    step: int
    steps: int
    of: int


@dataclass(frozen=True)
class RegionSelected:
    """A region was chosen for the model and is numbered as evidence."""

    evidence: Evidence


@dataclass(frozen=True)
class WritingStarted:
    """All crops are in place; the language model begins."""

    visual_tokens: int


@dataclass(frozen=True)
class TextDelta:
    """The next characters of the answer."""

    text: str


@dataclass(frozen=True)
class Answered:
    """The end: the full answer."""

    answer: Answer


Event = (
    OverviewEncoded
    | RegionExamined
    | RegionSelected
    | WritingStarted
    | TextDelta
    | Answered
)
