"""`ablate`: every variant in turn, the table and the plot renewed after each."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from dragonfly.evaluation.ablation.json_report import JSON, as_json
from dragonfly.evaluation.ablation.judge import Judge
from dragonfly.evaluation.ablation.plan import Ablation
from dragonfly.evaluation.ablation.plot import PLOT, as_svg
from dragonfly.evaluation.ablation.report import TABLE, as_markdown
from dragonfly.evaluation.ablation.table import Measured, Table, make_table, measure
from dragonfly.evaluation.ablation.variant_run import (
    Entry,
    Load,
    open_entry,
    run_entry,
)


def ablate(plan: Ablation, load: Load, out: Console) -> Table | None:
    """Run what is not done yet; a stopped run is continued by the same call.

    Args:
        plan: all of it is checked before the first variant begins.
        load: turns a checkpoint folder into a model that answers.
        out: shows the progress.

    Returns:
        the table, or None when a training was asked to stop.

    Raises:
        DragonflyError: with a sentence for the user.
    """
    entries = [open_entry(plan, variant) for variant in plan.variants]
    judge = Judge(plan)
    done: list[Measured] = []
    table = None
    for number, entry in enumerate(entries, start=1):
        out.print(f"[{number}/{len(entries)}] {_announced(entry)}", markup=False)
        facts = run_entry(entry, plan, judge, load, out)
        if facts is None:
            return None
        done.append(measure(entry, facts, judge))
        table = make_table(plan, judge, done)
        _write(table, plan.output)
        out.print(_result(table), markup=False)
    return table


def _announced(entry: Entry) -> str:
    layout = entry.layout
    return (
        f"{entry.variant.name}: {layout.crop_count} crops of {layout.crop_px} px, "
        f"{layout.visual_tokens} visual tokens"
    )


def _result(table: Table) -> str:
    score = table.rows[-1].score
    return f"  {score.name} {score.value:.1f} ({score.low:.1f} to {score.high:.1f})"


def _write(table: Table, folder: Path) -> None:
    contents = {TABLE: as_markdown(table), JSON: as_json(table), PLOT: as_svg(table)}
    for name, content in contents.items():
        (folder / name).write_text(content, encoding="utf-8")
