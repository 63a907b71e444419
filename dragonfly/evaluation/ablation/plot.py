"""The plot of an ablation: score against visual tokens, as an SVG file.

Points carry the numbers of the table's rows; the names stand in a legend beside.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from dragonfly.evaluation.ablation.table import Row, Table
from dragonfly.evaluation.report import NOTICE

PLOT = "ablation.svg"
WIDTH, LEFT, RIGHT, TOP, FLOOR = 860, 70, 560, 70, 400
LEGEND_X, LINE = 590, 20
MOST_TICKS = 6
STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#1a1a1a}"
    ".small{font-size:11px;fill:#555}.head{font-size:15px;font-weight:600}"
    ".grid{stroke:#ddd}.axis{stroke:#555}.prior{stroke:#a33;stroke-dasharray:6 4}"
    ".bar{stroke:#1f5a99;stroke-width:2}.dot{fill:#1f5a99}"
    ".number{fill:#fff;font-size:11px;font-weight:600;text-anchor:middle}"
    ".middle{text-anchor:middle}.end{text-anchor:end}"
)


@dataclass(frozen=True)
class Axis:
    """A linear scale from values to a stretch of the picture, in SVG units."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)

    @property
    def ticks(self) -> list[float]:
        """Round values within the range."""
        step = _round_step((self.high - self.low) / MOST_TICKS)
        first, last = math.ceil(self.low / step), math.floor(self.high / step)
        return [number * step for number in range(first, last + 1)]


def _round_step(least: float) -> float:
    power = 10.0 ** math.floor(math.log10(least))
    return next(n * power for n in (1, 2, 5, 10) if n * power >= least * (1 - 1e-9))


def _axis(values: Sequence[float], start: float, end: float) -> Axis:
    """An axis with some room at both ends."""
    known = [value for value in values if not math.isnan(value)] or [0.0]
    room = 0.08 * (max(known) - min(known)) or 1.0
    return Axis(min(known) - room, max(known) + room, start, end)


def as_svg(table: Table) -> str:
    """The plot; it reads without colour and says what it is to a screen reader."""
    rows = table.rows
    spans = [
        v for row in rows for v in (row.score.low, row.score.high, row.score.value)
    ]
    prior = [] if table.prior is None else [table.prior]
    x = _axis([row.layout.visual_tokens for row in rows], LEFT, RIGHT)
    y = _axis([*spans, *prior], FLOOR, TOP)
    height = max(FLOOR + 95, TOP + LINE * (len(rows) + 3))
    points = [_point(n, row, x, y) for n, row in enumerate(rows, 1)]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" role="img">',
        f"<title>{escape(_title(table))}</title><style>{STYLE}</style>",
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        _text(LEFT, 30, _title(table), "head"),
        _text(LEFT, 50, _basis(table), "small"),
        *_axes(table, x, y),
        *([_prior(table.prior, y)] if table.prior is not None else []),
        *points,
        *_legend(rows),
        _text(LEFT, height - 15, NOTICE, "small"),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _title(table: Table) -> str:
    return f"{table.title}: {table.rows[0].score.name} against visual tokens"


def _basis(table: Table) -> str:
    items = f"{table.items} items of the {table.plan.split} split, 95 % intervals."
    return table.subset.replace("Computed", f"{items} Computed") or items


def _axes(table: Table, x: Axis, y: Axis) -> list[str]:
    score = table.rows[0].score
    lines = [
        _line(LEFT, FLOOR, RIGHT, FLOOR, "axis"),
        _line(LEFT, TOP, LEFT, FLOOR, "axis"),
    ]
    for tick in x.ticks:
        lines.append(_line(x.at(tick), FLOOR, x.at(tick), FLOOR + 5, "axis"))
        lines.append(_text(x.at(tick), FLOOR + 20, f"{tick:g}", "small middle"))
    for tick in y.ticks:
        lines.append(_line(LEFT, y.at(tick), RIGHT, y.at(tick), "grid"))
        lines.append(_text(LEFT - 8, y.at(tick) + 4, f"{tick:g}", "small end"))
    middle = (LEFT + RIGHT) / 2
    lines.append(_text(middle, FLOOR + 45, "visual tokens of one picture", "middle"))
    label = f"{score.name} [{score.unit}]"
    turn = f'transform="rotate(-90 20 {(TOP + FLOOR) / 2})"'
    lines.append(_text(20, (TOP + FLOOR) / 2, label, "middle", turn))
    return lines


def _prior(prior: float, y: Axis) -> str:
    line = _line(LEFT, y.at(prior), RIGHT, y.at(prior), "prior")
    return line + _text(RIGHT, y.at(prior) - 5, "question-only prior", "small end")


def _point(number: int, row: Row, x: Axis, y: Axis) -> str:
    score = row.score
    if math.isnan(score.value):
        return ""
    across, up = x.at(row.layout.visual_tokens), y.at(score.value)
    bar = ""
    if not math.isnan(score.low):
        low, high = y.at(score.low), y.at(score.high)
        bar = _line(across, low, across, high, "bar")
        bar += "".join(_line(across - 5, v, across + 5, v, "bar") for v in (low, high))
    dot = f'<circle class="dot" cx="{across}" cy="{up}" r="9"/>'
    return bar + dot + _text(across, up + 4, str(number), "number")


def _legend(rows: Sequence[Row]) -> list[str]:
    return [
        _text(LEGEND_X, TOP + LINE * n, f"{n}  {_shortened(row.name)}")
        for n, row in enumerate(rows, 1)
    ]


def _shortened(name: str) -> str:
    return name if len(name) <= 36 else name[:35] + "…"


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    return f'<line class="{kind}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>'


def _text(x: float, y: float, words: str, kind: str = "", more: str = "") -> str:
    return f'<text class="{kind}" x="{x}" y="{y}" {more}>{escape(words)}</text>'
