"""Percentile bootstrap over groups (Efron & Tibshirani, 1993), seeded.

Whole groups (an image, a patient, a report) are drawn with replacement: questions about
one image are not independent, and resampling single questions would look too sure.
"""

from collections.abc import Sequence

import numpy as np

from dragonfly.evaluation.measure import Measure, Numbers

REPEATS = 1000
SEED = 20240602
_CHUNK = 50


def intervals(
    measures: Sequence[Measure],
    groups: Sequence[str],
    repeats: int = REPEATS,
    seed: int = SEED,
) -> list[tuple[float, float]]:
    """The 2.5 and 97.5 percentiles of each measure; `groups` names each item's group.

    The same resamples serve all measures. NaN resamples (no item of a kind was drawn)
    are left out; with a single group the interval is a point.
    """
    if not measures:
        return []
    sums = _resampled(np.hstack([m.rows for m in measures]), groups, repeats, seed)
    edges = np.cumsum([m.rows.shape[1] for m in measures])[:-1]
    parts = np.split(sums, edges, axis=1)
    return [_percentiles(m.combine(p)) for m, p in zip(measures, parts, strict=True)]


def _percentiles(scores: Numbers) -> tuple[float, float]:
    known = scores[~np.isnan(scores)]
    if known.size == 0:
        return float("nan"), float("nan")
    low, high = np.percentile(known, [2.5, 97.5])
    return float(low), float(high)


def _resampled(
    rows: Numbers, groups: Sequence[str], repeats: int, seed: int
) -> Numbers:
    """Sums of the rows over resampled groups: repeats x columns."""
    _, member = np.unique(np.asarray(groups), return_inverse=True)
    count = int(member.max()) + 1
    by_group = np.zeros((count, rows.shape[1]))
    np.add.at(by_group, member, rows)
    rng = np.random.default_rng(seed)
    even = np.full(count, 1 / count)
    parts = []
    for start in range(0, repeats, _CHUNK):
        size = min(_CHUNK, repeats - start)
        parts.append(rng.multinomial(count, even, size=size) @ by_group)
    return np.vstack(parts)
