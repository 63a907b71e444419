"""`dragonfly train`: run a training, or look at a mixture before it."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the commands of `train` to `parser`."""
    commands = parser.add_subparsers(
        dest="train_command", required=True, metavar="COMMAND"
    )
    run_parser = commands.add_parser("run", help="train as a YAML file says")
    run_parser.add_argument("file", type=Path, metavar="FILE")
    run_parser.add_argument(
        "--resume", action="store_true", help="continue from the last checkpoint"
    )
    mixture = commands.add_parser(
        "mixture", help="check a mixture's sources and write a data card"
    )
    mixture.add_argument("file", type=Path, metavar="FILE")
    mixture.add_argument(
        "--output", type=Path, metavar="DIR", help="write checked rows and the card"
    )
    add_filters(mixture)


def add_filters(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--max-characters", type=int, default=20_000, metavar="N")
    parser.add_argument("--min-side-px", type=int, default=32, metavar="N")
    parser.add_argument("--split-by", choices=("picture", "patient"), default="picture")
    parser.add_argument("--validation-share", type=float, default=0.05, metavar="S")
    parser.add_argument("--seed", type=int, default=0, metavar="N")


def run(args: argparse.Namespace, console: Console | None = None) -> int:
    """Carry out the parsed command; returns the exit status.

    Raises:
        DragonflyError: with a sentence for the user.
    """
    shown = console or Console(highlight=False, soft_wrap=True)
    return {"run": _train, "mixture": _check_mixture}[args.train_command](args, shown)


def _train(args: argparse.Namespace, console: Console) -> int:
    # Imported on demand: looking at a mixture must not wait for torch.
    from dragonfly.training.args_file import read_train_args
    from dragonfly.training.session import train

    final = train(read_train_args(args.file), console, args.resume)
    console.print(f"Model: {final}" if final else "Stopped; continue with --resume.")
    return 0


def _check_mixture(args: argparse.Namespace, console: Console) -> int:
    from dragonfly.training.data_card import as_markdown, write_card
    from dragonfly.training.mixture import read_mixture
    from dragonfly.training.mixture_check import Filters, check_mixture

    filters = Filters(
        max_characters=args.max_characters,
        min_side_px=args.min_side_px,
        split_by=args.split_by,
        validation_share=args.validation_share,
        seed=args.seed,
    )
    mixture = read_mixture(args.file)
    checked = check_mixture(mixture, filters, args.output)
    if args.output is not None:
        write_card(mixture, filters, checked, args.output)
    console.print(as_markdown(mixture, filters, checked), markup=False)
    return 0
