"""The figures of a job as the rows of the table beside its curves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from webapp.finetuning.models import FineTuneJob

MOST_ROWS = 200


@dataclass(frozen=True)
class Curves:
    """Losses and rate by step, the newest first, and the last of both losses."""

    rows: list[dict[str, Any]]
    training: float | None
    validation: float | None


def curves_of(job: FineTuneJob) -> Curves | None:
    """None before there is a figure."""
    rows: dict[int, dict[str, Any]] = {}
    last: dict[str, float] = {}
    for figure in job.figures.filter(kind__in=("step", "validation")):
        loss = figure.data.get("loss")
        if loss is None:
            continue
        last[figure.kind] = float(loss)
        row = rows.setdefault(figure.step, {"step": figure.step})
        row[f"{figure.kind}_loss"] = loss
        row["rate"] = figure.data.get("learning_rate", row.get("rate"))
    if not rows:
        return None
    newest = [rows[step] for step in sorted(rows, reverse=True)][:MOST_ROWS]
    return Curves(newest, last.get("step"), last.get("validation"))
