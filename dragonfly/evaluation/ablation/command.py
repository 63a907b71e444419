"""`dragonfly ablate`: one YAML file in, a table and a plot out.

Loads no model itself: the caller hands in how a checkpoint becomes an answerer.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from dragonfly.evaluation.predict import Answerer

STOPPED = 130


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `ablate` to `parser`."""
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="YAML, docs/ablation.md"
    )


def run(
    args: argparse.Namespace,
    load: Callable[[Path], Answerer],
    console: Console | None = None,
) -> int:
    """Carry out the parsed command; returns the exit status.

    Raises:
        DragonflyError: with a sentence for the user.
    """
    # Imported on demand: the parser of every command must not wait for torch.
    from dragonfly.evaluation.ablation.ablate import ablate
    from dragonfly.evaluation.ablation.plan_file import read_plan
    from dragonfly.evaluation.ablation.plot import PLOT
    from dragonfly.evaluation.ablation.report import TABLE

    shown = console or Console(highlight=False, soft_wrap=True)
    plan = read_plan(args.file)
    if ablate(plan, load, shown) is None:
        shown.print("Stopped. The same command continues.")
        return STOPPED
    shown.print(f"Table: {plan.output / TABLE}", markup=False)
    shown.print(f"Plot: {plan.output / PLOT}", markup=False)
    return 0
