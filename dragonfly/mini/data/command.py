"""`dragonfly mini data`: writes the training data of Dragonfly-mini."""

import argparse
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from dragonfly.mini.data.errors import DataError
from dragonfly.mini.data.mixture import write_mixture
from dragonfly.mini.data.plan import Plan


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `--vqa`, `--out`, `--seed`, `--share`, `--slides`, `--unknown`."""
    parser.add_argument(
        "--vqa",
        type=Path,
        required=True,
        metavar="DIR",
        help="folder with vqa_rad, vqamed2019, brca_m2c, bccd and nuinsseg",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    parser.add_argument(
        "--share",
        action="append",
        default=[],
        metavar="SOURCE=N",
        help="how often an epoch shows each row of a source, such as bccd=0.5",
    )
    parser.add_argument(
        "--slides", type=int, default=150, metavar="N", help="synthetic slides"
    )
    parser.add_argument(
        "--unknown",
        type=float,
        default=0.05,
        metavar="SHARE",
        help="share of questions that the picture does not answer (default 0.05)",
    )


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
