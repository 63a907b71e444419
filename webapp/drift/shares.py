"""`Share`: how many of how many, with the interval in which its true value lies."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

Z = 1.959964
"""Two-sided 95 %."""


@dataclass(frozen=True)
class Share:
    """`count` of `total`; figures in per cent, None where there is nothing."""

    count: int
    total: int

    @property
    def value(self) -> float | None:
        """In per cent."""
        return 100 * self.count / self.total if self.total else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """95 % interval in per cent (Wilson, J. Am. Stat. Assoc. 22, 1927)."""
        if not self.total:
            return None
        n, p = self.total, self.count / self.total
        middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
        half = Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)
        return 100 * max(0.0, middle - half), 100 * min(1.0, middle + half)

    def plus(self, count: int, total: int) -> Share:
        """With more."""
        return Share(self.count + count, self.total + total)

    def has_left(self, before: Share, points: float, fewest: int) -> bool:
        """Whether it is surely elsewhere than it was.

        Args:
            before: the same share earlier, taken as known.
            points: how far it has to be from it.
            fewest: how many there have to be of it.
        """
        span = self.interval
        if span is None or before.value is None or before.total < fewest:
            return False
        assert self.value is not None  # noqa: S101 -- there is an interval
        is_outside = not span[0] <= before.value <= span[1]
        return is_outside and abs(self.value - before.value) > points

    def as_dict(self) -> dict[str, float | int | None]:
        """Plain values."""
        low, high = self.interval or (None, None)
        return {
            "count": self.count,
            "total": self.total,
            "value": self.value,
            "low": low,
            "high": high,
        }
