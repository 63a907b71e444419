"""The curves of a job as a picture made of lines, and as the rows of its table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from webapp.finetuning.models import FineTuneJob

WIDTH, HEIGHT, MARGIN = 640, 220, 40
MOST_POINTS = 400
MOST_ROWS = 200


@dataclass(frozen=True)
class Curve:
    """One line: its name, its points for SVG, and its last value."""

    name: str
    points: str
    last: float


@dataclass(frozen=True)
class Curves:
    """Both losses over the steps, with the ends of the axes."""

    curves: list[Curve]
    low: float
    high: float
    first: int
    last: int
    rows: list[dict[str, Any]]
    view: str = f"0 0 {WIDTH} {HEIGHT}"


def curves_of(job: FineTuneJob) -> Curves | None:
    """None before there is a figure."""
    found: dict[str, dict[int, float]] = {"step": {}, "validation": {}}
    rows: dict[int, dict[str, Any]] = {}
    for figure in job.figures.filter(kind__in=found):
        loss = figure.data.get("loss")
        if loss is None:
            continue
        found[figure.kind][figure.step] = float(loss)
        row = rows.setdefault(figure.step, {"step": figure.step})
        row[f"{figure.kind}_loss"] = loss
        row["rate"] = figure.data.get("learning_rate", row.get("rate"))
    steps, values = sorted(rows), [v for line in found.values() for v in line.values()]
    if not steps:
        return None
    low, high = min(values), max(values)
    drawn = [
        Curve(
            name,
            points(found[kind], steps[0], steps[-1], low, high),
            last_of(found[kind]),
        )
        for kind, name in (("step", "Training loss"), ("validation", "Validation loss"))
        if found[kind]
    ]
    newest = [rows[step] for step in reversed(steps)][:MOST_ROWS]
    return Curves(drawn, low, high, steps[0], steps[-1], newest)


def last_of(line: dict[int, float]) -> float:
    """The value at the latest step."""
    return line[max(line)]


def points(
    line: dict[int, float], first: int, last: int, low: float, high: float
) -> str:
    """Pairs as SVG has them, thinned out to what a screen shows."""
    steps = sorted(line)
    every = max(1, len(steps) // MOST_POINTS)
    shown = [*steps[::every], steps[-1]]
    wide, tall = WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN
    spread, span = (high - low) or 1.0, (last - first) or 1
    return " ".join(
        f"{MARGIN + wide * (step - first) / span:.1f},"
        f"{MARGIN + tall * (high - line[step]) / spread:.1f}"
        for step in shown
    )
