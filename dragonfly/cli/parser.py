"""Arguments of every command, without importing what the commands need."""

import argparse
from pathlib import Path

from dragonfly.evaluation import command as evaluation
from dragonfly.evaluation.ablation import command as ablation
from dragonfly.geometry import Region
from dragonfly.mini import command as mini
from dragonfly.mini.synthetic import command as synthetic
from dragonfly.training import command as training


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dragonfly",
        description="Ask questions of whole-slide images and see where the model "
        "looked. Research use only. Not for diagnosis or patient management.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_ask(commands.add_parser("ask", help="answer a question about a slide"))
    _add_describe(commands.add_parser("describe", help="what a slide file holds"))
    _add_doctor(commands.add_parser("doctor", help="what works on this machine"))
    training.add_arguments(commands.add_parser("train", help="train or fine-tune"))
    evaluate = commands.add_parser("evaluate", help="score a model on a benchmark")
    evaluation.add_arguments(evaluate)
    ablate = commands.add_parser("ablate", help="compare crops of one model")
    ablation.add_arguments(ablate)
    mini.add_arguments(
        commands.add_parser("mini", help="the small model that comes with the program")
    )
    demo = commands.add_parser("demo", help="make things to try the program with")
    things = demo.add_subparsers(dest="thing", required=True, metavar="THING")
    synthetic.add_arguments(
        things.add_parser("slides", help="synthetic slides with known targets")
    )
    return parser


def _add_ask(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("slide", type=Path, metavar="SLIDE", help="file or folder")
    parser.add_argument("question", metavar="QUESTION")
    parser.add_argument(
        "--region",
        type=parse_region,
        metavar="X,Y,W,H",
        help="part of the slide in level-0 pixels; the whole slide by default",
    )
    parser.add_argument(
        "--model",
        metavar="PATH",
        help="checkpoint folder; default $DRAGONFLY_MODEL, else Dragonfly-mini",
    )
    parser.add_argument(
        "--json", action="store_true", help="print the answer as JSON on stdout"
    )
    parser.add_argument(
        "--overlay",
        type=Path,
        metavar="PNG",
        help="draw the evidence on a thumbnail of the slide",
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    parser.add_argument(
        "--temperature", type=float, default=0.0, metavar="T", help="0 = greedy"
    )
    parser.add_argument("--max-new-tokens", type=int, default=256, metavar="N")
    parser.add_argument(
        "--fidelity",
        choices=("strict", "fast"),
        default="strict",
        help="fast decodes stored tiles at reduced size; recorded with the answer",
    )
    parser.add_argument("--device", metavar="DEVICE", help="cpu, cuda, cuda:1, …")
    parser.add_argument(
        "--dtype", choices=("float32", "bfloat16", "float16"), help="default: by device"
    )


def _add_describe(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("slide", type=Path, metavar="SLIDE", help="file or folder")
    parser.add_argument("--json", action="store_true", help="print JSON on stdout")


def _add_doctor(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", metavar="PATH", help="checkpoint folder to look at")


def parse_region(text: str) -> Region:
    """Read "x,y,w,h" in level-0 pixels."""
    try:
        x, y, width, height = (int(part) for part in text.split(","))
        return Region(x, y, width, height)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not X,Y,W,H in whole level-0 pixels, sides of at least 1"
        ) from error
