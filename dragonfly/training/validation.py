"""The loss on examples that are never trained on."""

from __future__ import annotations

from typing import Any

import torch
from accelerate import Accelerator
from torch import Tensor, nn

from dragonfly.model.batch import IGNORED_LABEL
from dragonfly.training.collate import Collator
from dragonfly.training.dataset import Dataset
from dragonfly.training.labels import label_count
from dragonfly.training.loader import Loader
from dragonfly.training.sampler import Sampler
from dragonfly.training.step_plan import StepPlan


class Validation:
    """A fixed set of examples, shared out over the processes.

    Args:
        dataset: of validation sources.
        collator: as in training.
        accelerator: of the run.
        most: examples of each source that are used, the first ones.
        micro_batch_size: examples of a batch.
        workers: threads.
    """

    def __init__(
        self,
        dataset: Dataset,
        collator: Collator,
        accelerator: Accelerator,
        most: int,
        micro_batch_size: int,
        workers: int,
    ) -> None:
        lengths = [min(most, length) for length in dataset.lengths]
        sampler = Sampler(lengths, [1.0] * len(lengths), 0, shuffled=False)
        ranks = accelerator.num_processes
        self.accelerator = accelerator
        self.examples = len(sampler)
        # Sharded models need the same number of passes on every process, so the last
        # step goes beyond the end and what is repeated there does not count.
        self.steps = -(-len(sampler) // (ranks * micro_batch_size))
        plan = StepPlan({"image": sampler}, {"image": 1}, ranks * micro_batch_size)
        self.loader = Loader(
            plan,
            {"image": dataset},
            collator,
            micro_batch_size,
            workers,
            accelerator.process_index,
            ranks,
        )

    @torch.no_grad()
    def loss(self, model: nn.Module) -> float:
        """The mean loss per predicted token, the same on every process."""
        model.eval()
        device = self.accelerator.device
        sums = torch.zeros(2, dtype=torch.float64, device=device)
        for step, groups in enumerate(self.loader.steps(0, self.steps)):
            (batch,) = groups[0].batches
            tensors = batch.on(device)
            self._forget_repeated(tensors["labels"], step)
            sums[0] += model(tensors, 1.0).double()
            sums[1] += label_count(tensors["labels"])
        model.train()
        total: Any = self.accelerator.reduce(sums, "sum")
        return float(total[0] / total[1].clamp(min=1))

    def _forget_repeated(self, labels: Tensor, step: int) -> None:
        positions = self.loader.own_positions("image", step)
        beyond = torch.tensor([position >= self.examples for position in positions])
        labels[beyond.to(labels.device)] = IGNORED_LABEL
