"""The whole of it: the weekly table and the distances of the last weeks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from webapp.drift.asked import asked_since, first_day
from webapp.drift.distances import Distances, distances
from webapp.drift.weekly import Week, weekly
from webapp.training.models import ModelVersion

WEEKS, MOST_WEEKS = 12, 52


@dataclass(frozen=True)
class Table:
    """What is shown, and the names of the versions in it."""

    weeks: Sequence[Week]
    distances: Sequence[Distances]
    names: dict[int, str]


def table_of(weeks: int = WEEKS) -> Table:
    """Of the last so many weeks, this one included."""
    every = list(asked_since(first_day(weeks)))
    versions = ModelVersion.objects.filter(pk__in={asked.version for asked in every})
    names = {version.pk: str(version) for version in versions}
    return Table(weekly(every), distances(every), names)
