"""The training loop: batches to weights, over any number of processes.

Each step's loss is the mean over all predicted tokens of the step, however they are
split into batches and processes, so one process and many learn the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import torch
from accelerate import Accelerator
from torch import Tensor, nn

from dragonfly.training.args import OptimizerArgs
from dragonfly.training.bad_examples import BadExamples
from dragonfly.training.collate import Batch
from dragonfly.training.loader import Group
from dragonfly.training.loss_watch import LossWatch
from dragonfly.training.schedule import rate_at
from dragonfly.training.source import Stream


@dataclass(frozen=True)
class StepResult:
    """What one step learned, over all processes."""

    losses: dict[Stream, float]
    rate: float
    gradient_norm: float
    tokens: int
    images: int
    stop_asked: bool


@dataclass(frozen=True)
class Tally:
    """What all processes together have in hand for one step."""

    labels: dict[Stream, int]
    tokens: int
    images: int
    seen: int
    bad: int
    stops: int


class Loop:
    """Takes steps.

    Args:
        accelerator: has prepared model and optimizer.
        model: a `Trainee`, prepared.
        optimizer: prepared.
        args: rate, clipping and their like.
        steps: of the whole run.
        watch: stops a run that goes wrong.
        bad_examples: counts what was skipped.
    """

    def __init__(
        self,
        accelerator: Accelerator,
        model: nn.Module,
        optimizer: torch.optim.Optimizer,
        args: OptimizerArgs,
        steps: int,
        watch: LossWatch,
        bad_examples: BadExamples,
    ) -> None:
        self.accelerator = accelerator
        self.model = model
        self.optimizer = optimizer
        self.args = args
        self.steps = steps
        self.watch = watch
        self.bad_examples = bad_examples

    def step(self, number: int, groups: list[Group], stop_asked: bool) -> StepResult:
        """Learn from one step's batches.

        Args:
            number: of the step, from 0.
            groups: its batches on this process.
            stop_asked: whether this process was asked to end.

        Raises:
            TrainingError: LOSS_NOT_FINITE, LOSS_EXPLODED, TOO_MANY_BAD_EXAMPLES; on
                every process alike, before the weights change.
        """
        tally = self._agree(groups, stop_asked)
        self.bad_examples.report(bad for group in groups for bad in _bad(group))
        self.bad_examples.count(tally.seen, tally.bad)
        # DeepSpeed steps within the last backward pass, so the rate is set before.
        rate = rate_at(number, self.steps, self.args)
        for group in self.optimizer.param_groups:
            group["lr"] = rate * group.get("rate_share", 1.0)
        losses = self._learn(groups, tally)
        norm = self._clip()
        self.watch.check(number + 1, losses["image"], norm)
        self.optimizer.step()
        self.optimizer.zero_grad()
        return StepResult(
            losses, rate, norm, tally.tokens, tally.images, tally.stops > 0
        )

    def _learn(self, groups: list[Group], tally: Tally) -> dict[Stream, float]:
        passes = [(group.stream, batch) for group in groups for batch in group.batches]
        sums = torch.zeros(len(groups), dtype=torch.float64)
        places = {group.stream: place for place, group in enumerate(groups)}
        for index, (stream, batch) in enumerate(passes):
            last = index == len(passes) - 1
            loss = self._pass(batch, max(1, tally.labels[stream]), last)
            sums[places[stream]] += loss.detach().double().cpu()
        means = self._sum(sums) / self.accelerator.num_processes
        return {stream: float(means[place]) for stream, place in places.items()}

    def _pass(self, batch: Batch, label_count: int, last: bool) -> Tensor:
        """One batch forward and back; gradients travel behind the last one only."""
        # Gradients are averaged over processes, but the loss is a mean over tokens.
        per_process = label_count / self.accelerator.num_processes
        self.accelerator.gradient_state._set_sync_gradients(last)
        within = nullcontext() if last else self.accelerator.no_sync(self.model)
        with within:
            tensors = batch.on(self.accelerator.device)
            loss: Tensor = self.model(tensors, per_process)
            self.accelerator.backward(loss)
        return loss

    def _clip(self) -> float:
        norm: Any = self.accelerator.clip_grad_norm_(
            self.model.parameters(), self.args.clip_norm
        )
        # DeepSpeed clips by itself, and knows no norm before its first step.
        return 0.0 if norm is None else float(norm)

    def _agree(self, groups: list[Group], stop_asked: bool) -> Tally:
        batches = [batch for group in groups for batch in group.batches]
        own = [
            *(group.labels for group in groups),
            sum(batch.tokens for batch in batches),
            sum(batch.pictures for batch in batches),
            sum(len(batch) for batch in batches),
            sum(len(batch.bad) for batch in batches),
            int(stop_asked),
        ]
        sums = self._sum(torch.tensor(own, dtype=torch.float64)).long().tolist()
        streams = [group.stream for group in groups]
        labels = dict(zip(streams, sums, strict=False))
        return Tally(labels, *sums[len(streams) :])

    def _sum(self, own: Tensor) -> Tensor:
        total: Tensor = self.accelerator.reduce(own.to(self.accelerator.device), "sum")
        return total.cpu()


def _bad(group: Group) -> Iterable[Any]:
    return (bad for batch in group.batches for bad in batch.bad)
