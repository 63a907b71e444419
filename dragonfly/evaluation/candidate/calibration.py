"""Whether a model that is surer is right more often.

Bins hold equally many answers, so that none rests on a few; the error is the expected
calibration error over these bins (Nixon et al., arXiv 1904.01685).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from operator import itemgetter
from typing import Any

MOST_BINS = 8
SMALLEST_BIN = 5
"""Answers; fewer say nothing."""


def calibration(
    certainties: Sequence[float | None], marks: Sequence[float]
) -> dict[str, Any] | None:
    """Share of right answers by how sure the model was, in percent.

    Args:
        certainties: of the answers, 0..1; None for one that was not written.
        marks: 1 for a right one, else 0.

    Returns:
        "error", in points, and "bins", the least sure first, each with "items",
        "certainty" and "right"; None where there are too few answers.
    """
    pairs = zip(certainties, marks, strict=True)
    known = [(sure, mark) for sure, mark in pairs if sure is not None]
    known.sort(key=itemgetter(0))
    count = min(MOST_BINS, len(known) // SMALLEST_BIN)
    if count < 1:
        return None
    edges = [round(len(known) * place / count) for place in range(count + 1)]
    bins = [bin_of(known[start:end]) for start, end in pairwise(edges)]
    gaps = (abs(b["certainty"] - b["right"]) * b["items"] for b in bins)
    return {"error": round(sum(gaps) / len(known), 2), "bins": bins}


def bin_of(pairs: Sequence[tuple[float, float]]) -> dict[str, Any]:
    """The means of some answers."""
    sure, right = zip(*pairs, strict=True)
    return {
        "items": len(pairs),
        "certainty": round(100 * sum(sure) / len(sure), 2),
        "right": round(100 * sum(right) / len(right), 2),
    }
