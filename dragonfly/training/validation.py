"""The loss on examples that are never trained on."""

from __future__ import annotations

from typing import Any

import torch
from accelerate import Accelerator
from torch import nn

from dragonfly.training.collate import Collator
from dragonfly.training.dataset import Dataset
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
        # One step is one example per process; the few beyond the end are repeated.
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
        for groups in self.loader.steps(0, self.steps):
            for batch in groups[0].batches:
                sums[0] += model(batch.on(device), 1.0).double()
                sums[1] += batch.labels
        model.train()
        total: Any = self.accelerator.reduce(sums, "sum")
        return float(total[0] / total[1].clamp(min=1))
