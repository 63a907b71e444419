"""How far pictures are from those of the training, by scanner and stain, each week."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from statistics import median
from typing import Any
from uuid import UUID

from django.conf import settings

from webapp.dicomweb.models import Series
from webapp.drift.asked import Asked
from webapp.drift.shares import Share
from webapp.rules.facts import facts_of
from webapp.slides.models import Slide

NOT_TOLD = "not told"
FEWEST_BEYOND = 2
"""One picture beyond the threshold is no trend, however few there are."""


@dataclass
class Distances:
    """Of one version in one week, for slides of one scanner and stain."""

    week: date
    version: int
    scanner: str
    stain: str
    found: list[float] = field(default_factory=list)
    """In units of the version's threshold: beyond 1 it does not answer."""

    @property
    def middle(self) -> float:
        """Half are nearer."""
        return median(self.found)

    @property
    def largest(self) -> float:
        return max(self.found)

    @property
    def beyond(self) -> Share:
        """Those that lie beyond the threshold."""
        return Share(sum(each > 1 for each in self.found), len(self.found))

    @property
    def is_marked(self) -> bool:
        """Surely more lie beyond it than `DRIFT_BEYOND` per cent, not one alone."""
        span = self.beyond.interval
        is_sure = span is not None and span[0] > settings.DRIFT_BEYOND
        return is_sure and self.beyond.count >= FEWEST_BEYOND

    def as_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "week": self.week,
            "version": self.version,
            "scanner": self.scanner,
            "stain": self.stain,
            "pictures": len(self.found),
            "median": self.middle,
            "largest": self.largest,
            "beyond": self.beyond.as_dict(),
            "is_marked": self.is_marked,
        }


def distances(every: Iterable[Asked]) -> list[Distances]:
    """A row for each week, version, scanner and stain, the newest week first."""
    measured = [asked for asked in every if asked.distance is not None]
    origins = origins_of({asked.slide for asked in measured})
    rows: dict[tuple[date, int, str, str], Distances] = {}
    for asked in measured:
        assert asked.distance is not None  # noqa: S101 -- those are left out
        key = (asked.week, asked.version, *origins[asked.slide])
        rows.setdefault(key, Distances(*key)).found.append(asked.distance)
    return sorted(rows.values(), key=_place)


def _place(row: Distances) -> tuple[int, int, str, str]:
    return (-row.week.toordinal(), row.version, row.scanner, row.stain)


def origins_of(slides: set[UUID]) -> dict[UUID, tuple[str, str]]:
    """Scanner and stain of each slide, as its files tell them."""
    found = Slide.objects.filter(pk__in=slides).values_list("pk", "vendor")
    dicom = set(
        Series.objects.filter(slide__in=slides).values_list("slide_id", flat=True)
    )
    return {
        pk: (vendor or NOT_TOLD, stain_of(pk) if pk in dicom else NOT_TOLD)
        for pk, vendor in found
    }


@lru_cache(maxsize=4096)
def stain_of(slide: UUID) -> str:
    """By the words of the DICOM specimen; its codes are left out."""
    stains = facts_of(Slide.objects.select_related("owner").get(pk=slide)).stains
    words = [each for each in stains if not any(char.isdigit() for char in each)]
    return ", ".join(words) or NOT_TOLD
