"""What speaks for and against a version, told by whoever has compared it.

The parts above this one know of evaluations; they register a teller when they load.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from webapp.training.models import ModelVersion


@dataclass(frozen=True)
class Check:
    """One rule, whether it is met, and the figures behind that."""

    rule: str
    is_met: bool
    told: str


Teller = Callable[[ModelVersion], list[Check] | None]
_tellers: list[Teller] = []


def add_teller(teller: Teller) -> Teller:
    """Have `teller` asked of each version; None: it knows nothing of this one."""
    _tellers.append(teller)
    return teller


def checks_of(version: ModelVersion) -> list[Check]:
    """All rules; a version that nobody compared meets none."""
    for teller in _tellers:
        checks = teller(version)
        if checks is not None:
            return checks
    return [
        Check(
            "Compared with the version that answers now",
            is_met=False,
            told="Nobody has compared the two on a locked test part.",
        )
    ]
