"""One variant from its checkpoint to its answers, continued where it was stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from dragonfly.evaluation.ablation.budget import read_budget
from dragonfly.evaluation.ablation.checkpoint import write_variant
from dragonfly.evaluation.ablation.facts import (
    PREDICTIONS,
    Facts,
    claim,
    read_facts,
    write_facts,
)
from dragonfly.evaluation.ablation.judge import Judge
from dragonfly.evaluation.ablation.layouts import layout_of, same_crops
from dragonfly.evaluation.ablation.plan import Ablation, Variant, refuse
from dragonfly.evaluation.ablation.timed import TimedAnswerer, spent
from dragonfly.evaluation.predict import Answerer, predict, unanswered
from dragonfly.model.config import DragonflyConfig
from dragonfly.model.digest import checkpoint_digest
from dragonfly.model.layout import CropLayout
from dragonfly.training.args import TrainArgs
from dragonfly.training.args_file import read_train_args, read_yaml
from dragonfly.training.export import FINAL
from dragonfly.training.session import train

Load = Callable[[Path], Answerer]
START, RUN = "start", "run"


@dataclass(frozen=True)
class Entry:
    """A variant with all that can be known of it before anything is trained."""

    variant: Variant
    base: Path
    layout: CropLayout
    own_layout: bool
    """Whether the checkpoint it starts from has these very crops."""
    folder: Path
    train: TrainArgs | None

    @property
    def start(self) -> Path:
        """The checkpoint under the variant's crops; the base where they are its own."""
        return self.base if self.own_layout else self.folder / START


def open_entry(plan: Ablation, variant: Variant) -> Entry:
    """Check a variant against its checkpoint and the training file.

    Raises:
        ModelError, TrainingError: the checkpoint or the training file is of no use.
        EvaluationError: LAYOUT_INVALID, or ABLATION_INVALID.
    """
    base, folder = plan.checkpoint_of(variant), plan.folder_of(variant)
    checkpoint_digest(base)  # refuses what is no checkpoint
    config = DragonflyConfig.from_pretrained(base)
    layout = layout_of(variant, config)
    own = same_crops(layout, config.layout)
    start = base if own else folder / START
    args = _train_args(plan, start, folder / RUN) if plan.train else None
    return Entry(variant, base, layout, own, folder, args)


def _train_args(plan: Ablation, start: Path, output: Path) -> TrainArgs:
    file = plan.train
    assert file is not None  # noqa: S101
    named = read_yaml(file).get("model")
    refuse(
        named is not None
        and (file.parent / str(named)).resolve() != plan.model.resolve(),
        f"{file.name} trains another model than the ablation. Leave `model` out of it.",
    )
    # Every step is logged, because the budget is summed up from the log.
    run = {"output": str(output.resolve()), "log_every": 1}
    return read_train_args(file, {"model": str(start.resolve()), "run": run})


def run_entry(
    entry: Entry, plan: Ablation, judge: Judge, load: Load, out: Console
) -> Facts | None:
    """Train if asked, answer what is left, and note that it is done.

    Returns:
        what is known of it, or None when training was asked to stop early.
    """
    claim(entry.folder, entry.variant.name, _asked(entry, judge))
    done = read_facts(entry.folder)
    if done is not None:
        return done
    if not entry.own_layout and not entry.start.is_dir():
        write_variant(entry.base, entry.layout, entry.folder / START)
    checkpoint = _trained(entry, out)
    if checkpoint is None:
        return None
    model = _ask(entry, checkpoint, plan, judge, load, out)
    questions, seconds = spent(entry.folder)
    facts = Facts(
        model=model,
        checkpoint=str(checkpoint),
        seconds=seconds,
        answered=questions,
        budget=read_budget(checkpoint, entry.layout.sequence_length),
    )
    write_facts(entry.folder, facts)
    return facts


def _trained(entry: Entry, out: Console) -> Path | None:
    if entry.train is None:
        return entry.start
    final = entry.train.run.output / FINAL
    if final.is_dir():
        return final
    return train(entry.train, out, resume=True)


def _ask(
    entry: Entry,
    checkpoint: Path,
    plan: Ablation,
    judge: Judge,
    load: Load,
    out: Console,
) -> str:
    answerer = TimedAnswerer(load(checkpoint), entry.folder)
    path = entry.folder / PREDICTIONS
    if unanswered(judge.items, path, answerer.name):
        predict(judge.items, answerer, path, plan.batch_size, out)
    return answerer.name


def _asked(entry: Entry, judge: Judge) -> dict[str, Any]:
    """Everything that a variant's results depend on, under words for the user."""
    training = asdict(entry.train) if entry.train else None
    if training is not None:
        del training["model"]
        for name in ("output", "log_every"):
            del training["run"][name]
    return {
        "checkpoint": checkpoint_digest(entry.base),
        "crop layout": asdict(entry.layout),
        "training": training,
        "set of questions": judge.items_digest,
    }
