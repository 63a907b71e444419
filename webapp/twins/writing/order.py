"""`Order`: what the writing process is told; all of it comes from the site."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Order:
    """One slide to be written."""

    slide: str
    """The file to open."""
    folder: str
    """Where `1.dcm`, `2.dcm`, … go, the finest level first."""
    mpp_x: float
    mpp_y: float
    """Micrometres per pixel of level 0, as the slide's record has them."""
    study: str
    series: str
    reference: str
    """UIDs; `reference` of the frame of reference."""
    container: str
    """Identifier of the glass; no patient's data."""

    def as_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Order:
        return cls(**json.loads(text))
