"""Lets training pictures through and counts those that are held out, by reason."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from dragonfly.mini.data.held_out import HeldOut, Reason


@dataclass
class Sieve:
    """Asks `held` once for each picture and remembers what it said."""

    held: HeldOut
    refused: Counter[Reason] = field(default_factory=Counter)
    passed: int = 0
    _known: dict[Path, bool] = field(default_factory=dict)

    def passes(self, picture: Path, group: str | None = None) -> bool:
        """Whether a picture may be trained on.

        Raises:
            DataError: `PICTURE_UNREADABLE`.
        """
        if picture not in self._known:
            reason = self.held.refuses(picture, group)
            self._known[picture] = reason is None
            if reason is None:
                self.passed += 1
            else:
                self.refused[reason] += 1
        return self._known[picture]
