"""A share has an interval, and has changed only when that leaves what it was out."""

from __future__ import annotations

import pytest

from webapp.drift.shares import Share


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    # Newcombe, Stat. Med. 17 (1998), table I, method 3.
    [(81, 263, 25.53, 36.62), (15, 148, 6.24, 16.05), (0, 20, 0, 16.11)],
)
def test_the_interval_is_wilsons(
    count: int, total: int, low: float, high: float
) -> None:
    assert Share(count, total).interval == pytest.approx((low, high), abs=0.01)


def test_nothing_has_no_figure() -> None:
    assert Share(0, 0).value is None
    assert Share(0, 0).interval is None
    assert not Share(0, 0).has_left(Share(90, 100), 10, 20)


@pytest.mark.parametrize(
    ("now", "before", "has_left"),
    [
        (Share(10, 40), Share(90, 100), True),
        (Share(1, 2), Share(90, 100), False),
        (Share(34, 40), Share(90, 100), False),
        (Share(10, 40), Share(9, 10), False),
        (Share(39, 40), Share(60, 100), True),
    ],
)
def test_it_has_left_when_it_is_surely_and_clearly_elsewhere(
    now: Share, before: Share, has_left: bool
) -> None:
    assert now.has_left(before, points=10, fewest=20) is has_left
