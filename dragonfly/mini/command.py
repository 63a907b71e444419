"""`dragonfly mini`: put Dragonfly-mini together, write its data, train its adapter."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the commands of `mini` to `parser`, without importing what they need."""
    commands = parser.add_subparsers(
        dest="mini_command", required=True, metavar="COMMAND"
    )
    build = commands.add_parser("build", help="join the parts and the adapter")
    build.add_argument(
        "--cache", type=Path, metavar="DIR", help="default: the user's cache folder"
    )
    build.add_argument(
        "--adapter", type=Path, metavar="DIR", help="default: the one that ships"
    )
    data = commands.add_parser("data", help="write the training data")
    add_data_arguments(data)
    train = commands.add_parser("train", help="make the adapter: data, start, training")
    _add_vqa(train)
    train.add_argument("--out", type=Path, required=True, metavar="DIR")
    train.add_argument("--steps", type=int, metavar="N", help="fewer for a trial")
    train.add_argument(
        "--resume", action="store_true", help="continue a run that was stopped"
    )


def add_data_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `--vqa`, `--out`, `--seed`, `--share`, `--slides`, `--unknown`."""
    _add_vqa(parser)
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


def _add_vqa(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--vqa",
        type=Path,
        required=True,
        metavar="DIR",
        help="folder with vqa_rad, vqamed2019, brca_m2c, bccd and nuinsseg",
    )


def run(args: argparse.Namespace, console: Console | None = None) -> int:
    """Carry out the parsed command; returns the exit status.

    Raises:
        DragonflyError: with a sentence for the user.
    """
    shown = console or Console(highlight=False, soft_wrap=True)
    commands = {"build": _build, "data": _data, "train": _train}
    return commands[args.mini_command](args, shown)


def _build(args: argparse.Namespace, console: Console) -> int:
    # Imported on demand: the other commands must not wait for torch.
    from dragonfly.mini.build import build_mini

    console.print(f"Dragonfly-mini: {build_mini(args.cache, args.adapter)}")
    return 0


def _data(args: argparse.Namespace, console: Console) -> int:
    from dragonfly.mini.data.command import run as write_data

    return write_data(args, console)


def _train(args: argparse.Namespace, console: Console) -> int:
    from dragonfly.mini.recipe import Recipe, train_mini

    recipe = Recipe() if args.steps is None else Recipe(steps=args.steps)
    adapter = train_mini(args.vqa, args.out, recipe, console, resume=args.resume)
    if adapter is None:
        console.print("Stopped; continue with --resume.")
    else:
        console.print(
            f"Adapter: {adapter}\n"
            f"Join it with: dragonfly mini build --adapter {adapter}"
        )
    return 0
