"""The evidence of an answer as a table."""

from __future__ import annotations

from rich.table import Table

from dragonfly.engine import Answer, Evidence


def evidence_table(answer: Answer) -> Table:
    """One row per evidence region; the box is in level-0 pixels."""
    table = Table(title="Evidence: where the model looked, not why it answered so")
    for name in ("no.", "in", "kind", "rule", "score", "attention", "magnification"):
        table.add_column(name, justify="left" if name in ("kind", "rule") else "right")
    table.add_column("x,y,width,height")
    for item in answer.evidence:
        table.add_row(*_row(item))
    return table


def _row(item: Evidence) -> list[str]:
    return [
        str(item.number),
        "" if item.parent is None else str(item.parent),
        item.kind,
        item.rule,
        f"{item.score:.4g}",
        "" if item.attention is None else f"{item.attention:.3g}",
        _magnification(item),
        str(item.region),
    ]


def _magnification(item: Evidence) -> str:
    if item.magnification is None:
        return f"1:{item.downsample:g}"
    return f"{item.magnification:g}x"
