"""The evidence of an answer as a table."""

from __future__ import annotations

from rich.table import Table

from dragonfly.engine import Answer, Evidence

TITLE = "Evidence: where the model looked, not why it answered so"
COLUMNS = ("no.", "in", "kind", "rule", "score", "attn", "seen at")


def evidence_table(answer: Answer) -> Table:
    """One row per evidence region; the region is in level-0 pixels."""
    table = Table(title=TITLE, title_justify="left", box=None, padding=(0, 1, 0, 0))
    for name in COLUMNS:
        left = name in ("kind", "rule")
        table.add_column(name, justify="left" if left else "right", no_wrap=True)
    table.add_column("x,y,width,height", no_wrap=True)
    for item in answer.evidence:
        table.add_row(*_row(item))
    return table


def _row(item: Evidence) -> list[str]:
    return [
        str(item.number),
        "" if item.parent is None else str(item.parent),
        item.kind,
        item.rule,
        f"{item.score:.3g}",
        "" if item.attention is None else f"{item.attention:.2f}",
        _magnification(item),
        str(item.region),
    ]


def _magnification(item: Evidence) -> str:
    if item.magnification is None:
        return f"1:{item.downsample:.3g}"
    return f"{item.magnification:.3g}x"
