"""`dragonfly mini data`: writes the training data of Dragonfly-mini."""

import argparse

from rich.console import Console
from rich.progress import Progress

from dragonfly.mini.data.errors import DataError
from dragonfly.mini.data.mixture import write_mixture
from dragonfly.mini.data.plan import Plan


def run(args: argparse.Namespace, console: Console | None = None) -> int:
    """Write the data and say how much there is; 0 when all is written.

    Raises:
        DragonflyError: with a sentence for the user.
        OSError: the folder cannot be written.
    """
    console = console or Console()
    plan = Plan(synthetic_slides=args.slides, unknown_share=args.unknown)
    with Progress(console=console) as bar:
        task = bar.add_task("pictures", total=None)
        written = write_mixture(
            args.vqa,
            args.out,
            args.seed,
            parse_shares(args.share),
            plan,
            lambda done, total: bar.update(task, completed=done, total=total),
        )
    questions = sum(written.summary.questions.values())
    rows = sum(written.summary.rows.values())
    console.print(f"{questions} questions in {rows} rows: {written.mixture}")
    console.print(f"Data card: {written.card}")
    return 0


def parse_shares(given: list[str]) -> dict[str, float]:
    """Read entries such as "bccd=0.5".

    Raises:
        DataError: `SHARE_UNREADABLE`.
    """
    shares = {}
    for entry in given:
        name, _, number = entry.partition("=")
        try:
            shares[name] = float(number)
        except ValueError as error:
            raise DataError(
                "SHARE_UNREADABLE",
                f"'{entry}' is no share: write a source and a number, as in bccd=0.5.",
            ) from error
    return shares
