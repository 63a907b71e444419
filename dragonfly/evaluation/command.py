"""`dragonfly evaluate`: ask a model a benchmark, or score a file of predictions.

Loads no model itself: the caller hands in how a model name becomes an answerer.
"""

import argparse
import functools
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.markdown import Markdown

from dragonfly.evaluation.benchmarks.benchmark import Benchmark
from dragonfly.evaluation.benchmarks.catalogue import BENCHMARKS, find_benchmark
from dragonfly.evaluation.bootstrap import REPEATS, SEED
from dragonfly.evaluation.errors import EvaluationError
from dragonfly.evaluation.item import SPLITS, Item, Split
from dragonfly.evaluation.predict import Answerer, predict
from dragonfly.evaluation.predictions import read_predictions
from dragonfly.evaluation.report import PEERS_HEADING, Run, as_json, markdown
from dragonfly.evaluation.scores import score

LoadAnswerer = Callable[[str | None], Answerer]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `evaluate`, and `evaluate scores`, to `parser`."""
    _add_shared(parser)
    parser.add_argument(
        "--model", help="model to ask (default: $DRAGONFLY_MODEL, else Dragonfly-mini)"
    )
    parser.add_argument("--predictions", type=Path, help="JSON Lines file to continue")
    parser.add_argument("--batch-size", type=int, default=8)
    commands = parser.add_subparsers(dest="evaluate_command", metavar="")
    scores = commands.add_parser("scores", help="score predictions made elsewhere")
    scores.add_argument("predictions", type=Path, metavar="PREDICTIONS")
    # Suppressed, or the subcommand would reset what was given before its name.
    _add_shared(scores, default=argparse.SUPPRESS)
    scores.add_argument("--system", help="who made them, for the report")


def _add_shared(parser: argparse.ArgumentParser, default: str | None = None) -> None:
    add = functools.partial(parser.add_argument, default=default)
    add("--benchmark", choices=list(BENCHMARKS), metavar="NAME")
    add("--data", type=Path, help="folder of the data set")
    add("--split", choices=SPLITS)
    add("--limit", type=int, help="ask a fixed subset of N items")


def _require(args: argparse.Namespace, *names: str) -> None:
    missing = [name for name in names if getattr(args, name) is None]
    if missing:
        raise EvaluationError(
            "OPTION_MISSING",
            f"evaluate needs {', '.join('--' + name for name in missing)}. "
            f"Benchmarks: {', '.join(BENCHMARKS)}.",
        )


def chosen(items: Sequence[Item], limit: int | None) -> list[Item]:
    """All items, or `limit` of them spread over the set: always the same ones.

    Raises:
        EvaluationError: `LIMIT_NOT_POSITIVE`.
    """
    if limit is None:
        return list(items)
    if limit < 1:
        raise EvaluationError("LIMIT_NOT_POSITIVE", "--limit must be at least 1.")
    order = sorted(items, key=lambda i: hashlib.sha256(i.id.encode()).digest())
    kept = {item.id for item in order[:limit]}
    return [item for item in items if item.id in kept]


def _training_items(
    benchmark: Benchmark, data_dir: Path, split: Split
) -> tuple[Sequence[Item], str]:
    """The training items for the prior, or none and the reason."""
    if split == "train":
        return (), "The training split itself is scored."
    try:
        return benchmark.items(data_dir, "train"), ""
    except EvaluationError as error:
        return (), error.message


def _write_report(
    args: argparse.Namespace, items: Sequence[Item], available: int, model: str | None
) -> str:
    benchmark, path = find_benchmark(args.benchmark), args.predictions
    done = read_predictions(path)
    train, no_train = _training_items(benchmark, args.data, args.split)
    scored = score(benchmark, items, done.said, train, no_train)
    run = Run(
        benchmark=benchmark,
        split=args.split,
        model=model or ", ".join(sorted(done.models)) or "not named",
        predictions_sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        available=available,
        seed=SEED,
        repeats=REPEATS,
    )
    report = markdown(run, scored)
    path.with_suffix(".report.md").write_text(report, encoding="utf-8")
    path.with_suffix(".scores.json").write_text(as_json(run, scored), encoding="utf-8")
    return report


def run(
    args: argparse.Namespace, load: LoadAnswerer, console: Console | None = None
) -> int:
    """Carry out the parsed command; writes `.report.md` and `.scores.json` beside it.

    Raises:
        DragonflyError: with a sentence for the user; nothing is half written but the
            predictions, which a second run continues.
    """
    console = console or Console()
    _require(args, "benchmark", "data", "split", "predictions")
    benchmark = find_benchmark(args.benchmark)
    every = benchmark.items(args.data, args.split)
    items = chosen(every, args.limit)
    model = None
    if args.evaluate_command == "scores":
        model = args.system
    else:
        answerer = load(args.model)
        model = answerer.name
        predict(items, answerer, args.predictions, args.batch_size, console)
    report = _write_report(args, items, len(every), model)
    # The peers' wide table is for the file; a terminal is too narrow for it.
    console.print(Markdown(report.partition(PEERS_HEADING)[0]))
    console.print(f"Report: {args.predictions.with_suffix('.report.md')}")
    return 0
