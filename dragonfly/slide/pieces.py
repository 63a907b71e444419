"""Connected pieces of a mask, by area; knows nothing of tissue.

Runs of True pixels are joined row by row with a union-find, so the cost follows the
number of runs, not the number of pixels times the length of the longest piece.
"""

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]


def without_small_pieces(mask: Mask, least_area: int) -> Mask:
    """The mask without 4-connected pieces of fewer than `least_area` pixels."""
    starts, ends = _runs(mask)
    roots = _joined(starts, ends, mask.shape[1] + 1)
    areas = np.bincount(roots, weights=ends - starts, minlength=len(roots))
    kept = areas[roots] >= least_area
    edges = np.zeros(mask.shape[0] * (mask.shape[1] + 1) + 1, np.int8)
    edges[starts[kept]] += 1
    edges[ends[kept]] -= 1
    flat = edges.cumsum()[:-1] > 0
    return np.asarray(flat.reshape(mask.shape[0], -1)[:, :-1])


def closed(mask: Mask, reach: int) -> Mask:
    """Gaps of up to twice `reach` pixels filled; the outline stays where it was."""
    framed = np.pad(mask, reach)
    filled = ~spread(~spread(framed, reach), reach)
    return np.asarray(filled[reach:-reach, reach:-reach] | mask)


def spread(mask: Mask, reach: int) -> Mask:
    """The mask grown by a square of `reach` pixels to each side."""
    for axis in (0, 1):
        grown = mask.copy()
        for step in range(1, reach + 1):
            ahead, behind = [slice(None)] * 2, [slice(None)] * 2
            ahead[axis], behind[axis] = slice(step, None), slice(None, -step)
            grown[tuple(ahead)] |= mask[tuple(behind)]
            grown[tuple(behind)] |= mask[tuple(ahead)]
        mask = grown
    return mask


def _runs(mask: Mask) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Start and end of each run in the mask laid out with one False after each row."""
    flat = np.pad(mask, ((0, 0), (0, 1))).ravel().astype(np.int8)
    steps = np.diff(flat, prepend=0)
    return np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)


def _joined(
    starts: NDArray[np.int64], ends: NDArray[np.int64], stride: int
) -> NDArray[np.int64]:
    """For each run the number of the run that stands for its piece."""
    parent = list(range(len(starts)))
    begin, end = starts.tolist(), ends.tolist()
    above = 0
    for run in range(len(begin)):
        top, bottom = begin[run] - stride, end[run] - stride
        while above < run and end[above] <= top:
            above += 1
        other = above
        while other < run and begin[other] < bottom:
            parent[_root(parent, other)] = _root(parent, run)
            other += 1
    return np.array([_root(parent, run) for run in range(len(parent))], np.int64)


def _root(parent: list[int], run: int) -> int:
    while parent[run] != run:
        parent[run] = parent[parent[run]]
        run = parent[run]
    return run
