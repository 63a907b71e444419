"""`Outcome`: what one try came to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Fate(Enum):
    """What becomes of the delivery."""

    DELIVERED = "delivered"
    LATER = "later"
    """Another try may do better: it is away, busy or full."""
    PARKED = "parked"
    """Trying again changes nothing; a person has to see to it."""


@dataclass(frozen=True)
class Outcome:
    """How it went, and why in words without a patient's data."""

    fate: Fate
    reason: str = ""

    @classmethod
    def delivered(cls, reason: str = "") -> Outcome:
        return cls(Fate.DELIVERED, reason)

    @classmethod
    def later(cls, reason: str) -> Outcome:
        return cls(Fate.LATER, reason)

    @classmethod
    def parked(cls, reason: str) -> Outcome:
        return cls(Fate.PARKED, reason)


DUPLICATES = (0x0111, 45070)
"""Failure reasons that say "it is here": PS3.7 annex C, and Azure's DICOM service."""
NOT_NOW = (0x0110, 0x0124, 272)


def of_status(status: int, what: str) -> Outcome:
    """A C-STORE status or a STOW failure reason (PS3.4 B.2.3, PS3.18 I.2.2)."""
    code = f"{status:04X}"
    if status == 0x0000:
        return Outcome.delivered()
    if status & 0xF000 == 0xB000 and status not in DUPLICATES:
        return Outcome.delivered(f"It was kept with a warning ({code}). {what}".strip())
    if status in DUPLICATES:
        return Outcome.delivered("It was there already.")
    if status & 0xFF00 == 0xA700:
        return Outcome.later(f"It has no room now ({code}). {what}".strip())
    if status in NOT_NOW:
        return Outcome.later(f"It could not process it ({code}). {what}".strip())
    return Outcome.parked(f"It refused the object ({code}). {what}".strip())
