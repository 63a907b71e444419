"""Timing of variants against a reference, side by side in the same rounds."""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Timing:
    """Median seconds of a variant, and the median of its per-round ratios."""

    name: str
    seconds: float
    ratio: float
    """How many times faster than the reference, each ratio taken inside a round."""


def compare(
    reference: str, variants: Mapping[str, Callable[[], object]], rounds: int = 5
) -> list[Timing]:
    """Time every variant once per round, the reference among them.

    Args:
        reference: the name in `variants` that ratios are taken against.
        rounds: after one round of warming up that does not count.
    """
    seen: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(rounds + 1):
        for name, run in variants.items():
            start = time.perf_counter()
            run()
            seen[name].append(time.perf_counter() - start)
    base = seen[reference][1:]
    return [
        Timing(
            name,
            statistics.median(times[1:]),
            statistics.median(b / t for b, t in zip(base, times[1:], strict=True)),
        )
        for name, times in seen.items()
    ]


def show(
    title: str, timings: list[Timing], notes: Mapping[str, str] | None = None
) -> None:
    """Print a table of timings, with one more column of notes where given."""
    table = Table(title=title)
    for heading in ("variant", "ms", "x reference", "note"):
        table.add_column(heading, justify="left" if heading == "variant" else "right")
    for timing in timings:
        note = (notes or {}).get(timing.name, "")
        table.add_row(
            timing.name, f"{timing.seconds * 1e3:.1f}", f"{timing.ratio:.2f}", note
        )
    Console().print(table)
