"""Which picture stands for a series or a study."""

from __future__ import annotations

from collections.abc import Sequence

from webapp.dicomweb.models import Instance
from webapp.dicomweb.retrieve.picturing import HIDDEN, flavor, is_whole_slide


def representative(found: Sequence[Instance]) -> Instance | None:
    """The smallest level of a slide, or the middle picture of the first series.

    Never a label or an overview: they may name the patient.
    """
    pictures = [each for each in found if each.frame_count and may_stand_for(each)]
    levels = [each for each in pictures if is_whole_slide(each)]
    if levels:
        return min(levels, key=_matrix)
    if not pictures:
        return None
    series = [each for each in pictures if each.series_id == pictures[0].series_id]
    return series[len(series) // 2]


def may_stand_for(instance: Instance) -> bool:
    """A thumbnail shall not identify the patient (PS3.18 section 10.4.1.1.4)."""
    burned = instance.attributes.get("00280301", {}).get("Value") or ["NO"]
    return flavor(instance) not in HIDDEN and burned[0] != "YES"


def _matrix(instance: Instance) -> int:
    columns = instance.attributes["00480006"].get("Value") or [0]
    return int(columns[0] or 0)
