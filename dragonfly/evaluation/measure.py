"""A score as sums over items, so that it and its interval come from one formula.

A measure keeps one row of numbers an item and a function from the sum of rows to the
score. Any resample of the items is then a sum again: means, F1, corpus BLEU and MME's
paired scores are all bootstrapped the same way.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Measure:
    """`rows` is items x columns; `combine` maps sums (resamples x columns) to scores.

    `mode` names the definition: "strict" is ours, every other one is a published
    formula. `items` is how many items count in it. Scores are percentages unless
    `unit` says otherwise.
    """

    name: str
    mode: str
    rows: Numbers
    combine: Callable[[Numbers], Numbers]
    items: int
    unit: str = "%"

    def value(self) -> float:
        """The score over all items."""
        return float(self.combine(self.rows.sum(axis=0, keepdims=True))[0])


def ratio(above: Numbers, below: Numbers) -> Numbers:
    """Percent, and NaN where there is nothing to divide by."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(100 * above / below, dtype=np.float64)


def mean_of(
    name: str, mode: str, values: Sequence[float], keep: Sequence[bool]
) -> Measure:
    """The mean of `values` over the items in `keep`, in percent (values are 0..1)."""
    kept = np.asarray(keep, dtype=np.float64)
    rows = np.column_stack([np.asarray(values, dtype=np.float64) * kept, kept])
    return Measure(name, mode, rows, lambda s: ratio(s[:, 0], s[:, 1]), int(kept.sum()))
