"""The table of an ablation as Markdown for people.

Says before the numbers what they rest on: how many items, whether all were asked,
whether every variant had the same budget.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from dragonfly.evaluation.ablation.beside import PAPER, published_beside
from dragonfly.evaluation.ablation.budget_report import budget_lines
from dragonfly.evaluation.ablation.plan import PublishedScore
from dragonfly.evaluation.ablation.table import Row, Table, Value
from dragonfly.evaluation.bootstrap import REPEATS, SEED
from dragonfly.evaluation.report import NOTICE
from dragonfly.model.layout import CropLayout

TABLE = "ablation.md"
DASH = "\N{EN DASH}"
HEAD = (
    "#",
    "Variant",
    "Crops low + mid + high",
    "Crop px",
    "Pool",
    "Visual tokens",
    "Score",
    "95 % interval",
    "To row 1",
    "95 % interval, paired",
    "Trained steps",
    "Training s",
    "s a question",
)


def as_markdown(table: Table) -> str:
    """The whole report."""
    score = table.rows[0].score
    lines = [
        f"# Ablation on {table.title}: {score.name} (`{score.mode}`)",
        "",
        NOTICE,
        "",
        *_facts(table),
        "",
        "## Budget",
        "",
        *budget_lines(table),
        "",
        "## Table",
        "",
        *_grid(HEAD, [_cells(n, row) for n, row in enumerate(table.rows, 1)]),
        "",
        f"Intervals: percentile bootstrap, {REPEATS} resamples of whole groups (image, "
        f"patient or report), seed {SEED}. A difference is taken within each "
        "resample. Visual tokens are those of one picture, without the newline after "
        "each crop. Training is the time from the first step to the last.",
        "",
        "## All measures",
        "",
        *_measures(table),
        "",
        "## Published numbers",
        "",
        *_published(table),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _facts(table: Table) -> list[str]:
    plan, rows = table.plan, table.rows
    lines = [f"- Split: {plan.split}, {table.items} items in {table.groups} groups"]
    if table.subset:
        lines.append(f"- **{table.subset}**")
    if plan.split == "test":
        lines.append(
            "- **The test split: whoever chooses a variant by this table has no "
            "untouched score of it left.**"
        )
    if not table.complete:
        lines.append(f"- **{len(rows)} of {len(plan.variants)} variants are done.**")
    prior = DASH if table.prior is None else _number(table.prior)
    lines.append(f"- Question-only prior (no picture): {prior}")
    silent = ", ".join(f"{n}: {r.unanswered}" for n, r in enumerate(rows, 1))
    lines.append(f"- Unanswered by row, counted as wrong: {silent}")
    return lines


def _cells(number: int, row: Row) -> list[str]:
    layout, facts = row.layout, row.facts
    budget = facts.budget
    seconds = budget.seconds if budget else None
    each = facts.seconds / facts.answered if facts.answered else None
    return [
        str(number),
        row.name,
        crops_of(layout),
        str(layout.crop_px),
        str(layout.pool) if layout.mid else DASH,
        str(layout.visual_tokens),
        _number(row.score.value),
        _span(row.score),
        _signed(row.to_first.value) if row.to_first else DASH,
        _span(row.to_first, signed=True) if row.to_first else DASH,
        str(budget.steps) if budget else DASH,
        DASH if seconds is None else f"{seconds:.1f}",
        DASH if each is None else f"{each:.2f}",
    ]


def crops_of(layout: CropLayout) -> str:
    """How many crops of each resolution become visual tokens, and of how many."""
    high = str(layout.high_count)
    if layout.high == "selected":
        high += f" of {layout.high_candidates}"
    return f"1 + {layout.mid_count} + {high}"


def _measures(table: Table) -> list[str]:
    head = ["Measure", "Mode", *(str(n) for n in range(1, len(table.rows) + 1))]
    columns = [row.scores for row in table.rows]
    rows = []
    for values in zip(*columns, strict=True):
        numbers = [f"{_number(v.value)} ({_span(v)})" for v in values]
        rows.append([values[0].name, f"`{values[0].mode}`", *numbers])
    return _grid(head, rows)


def _published(table: Table) -> list[str]:
    rows = [_published_cells(entry) for entry in published_beside(table)]
    if not rows:
        return [PAPER]
    head = ["System", "Metric", "Published", "Source"]
    note = "They are for whole published models and the whole test split."
    return [PAPER, "", note, "", *_grid(head, rows)]


def _published_cells(entry: PublishedScore) -> list[str]:
    source = f"{entry.source}; {entry.note}" if entry.note else entry.source
    return [entry.system, entry.metric, f"{entry.value:g}", source]


def _grid(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    escaped = [[cell.replace("|", "\\|") for cell in line] for line in lines]
    return ["| " + " | ".join(line) + " |" for line in escaped]


def _number(value: float) -> str:
    return DASH if math.isnan(value) else f"{value:.1f}"


def _signed(value: float) -> str:
    return DASH if math.isnan(value) else f"{value:+.1f}"


def _span(value: Value, signed: bool = False) -> str:
    write = _signed if signed else _number
    return f"{write(value.low)} to {write(value.high)}"
