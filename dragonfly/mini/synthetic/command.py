"""`dragonfly demo slides`: makes synthetic slides from the terminal."""

import argparse
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from dragonfly.mini.synthetic.recipe import SlideRecipe
from dragonfly.mini.synthetic.recipe_set import demo_recipe, training_recipes
from dragonfly.mini.synthetic.slide_file import write_slide


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `--out`, `--count`, `--side` and `--seed`."""
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    parser.add_argument(
        "--count",
        type=_count,
        default=1,
        help="how many slides; 1 without --side and --seed is the demo slide",
    )
    parser.add_argument(
        "--side", type=int, help="side in pixels, a multiple of 1024 (default 8192)"
    )
    parser.add_argument("--seed", type=int, help="other slides for each (default 0)")


def run(args: argparse.Namespace) -> int:
    """Write the slides with their truth, showing progress; 0 when all are written.

    Raises:
        RecipeError: a size or a seed is not possible.
        OSError: the folder cannot be written.
    """
    console = Console()
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as bar:
        for recipe in chosen_recipes(args.count, args.side, args.seed):
            task = bar.add_task(recipe.name)
            path = write_slide(recipe, args.out, _report_to(bar, task))
            size_mb = path.stat().st_size / 1e6
            bar.console.print(f"{path} ({size_mb:.1f} MB, SYNTHETIC)")
    return 0


def chosen_recipes(
    count: int, side_px: int | None, seed: int | None
) -> tuple[SlideRecipe, ...]:
    """The demo slide when nothing but one slide is asked for; else a training set."""
    if count == 1 and side_px is None and seed is None:
        return (demo_recipe(),)
    return training_recipes(count, seed or 0, side_px or 8192)


def _report_to(bar: Progress, task: TaskID) -> Callable[[int, int], None]:
    def report(done: int, total: int) -> None:
        bar.update(task, advance=done, total=total)

    return report


def _count(text: str) -> int:
    count = int(text)
    if count < 1:
        raise argparse.ArgumentTypeError("at least one slide")
    return count
