"""The difference of two systems on the same items, as a measure of its own.

Both are summed over the same resample, so what is hard for both cancels out.
"""

import numpy as np

from dragonfly.evaluation.measure import Measure


def difference(measure: Measure, first: Measure) -> Measure:
    """`measure` minus `first`; their rows are the same items in the same order."""
    columns = measure.rows.shape[1]
    return Measure(
        name=measure.name,
        mode=measure.mode,
        rows=np.hstack([measure.rows, first.rows]),
        combine=lambda s: (
            measure.combine(s[:, :columns]) - first.combine(s[:, columns:])
        ),
        items=measure.items,
        unit=measure.unit,
    )
