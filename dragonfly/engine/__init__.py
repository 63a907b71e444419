"""The engine: a slide and a question in, events and an answer with evidence out."""

from dragonfly.engine.answer import INTENDED_USE, Answer, Coverage, Evidence, Provenance
from dragonfly.engine.engine import Engine
from dragonfly.engine.events import (
    Answered,
    Event,
    OverviewEncoded,
    RegionExamined,
    RegionSelected,
    TextDelta,
    WritingStarted,
)
from dragonfly.engine.request import Decoding
from dragonfly.zoom import Budget

__all__ = [
    "INTENDED_USE",
    "Answer",
    "Answered",
    "Budget",
    "Coverage",
    "Decoding",
    "Engine",
    "Event",
    "Evidence",
    "OverviewEncoded",
    "Provenance",
    "RegionExamined",
    "RegionSelected",
    "TextDelta",
    "WritingStarted",
]
