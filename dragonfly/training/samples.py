"""What the model in training answers to a few fixed questions, for people to read.

The same rows are asked at each checkpoint, greedily, so that their answers can be read
side by side. Nothing is learned from them, and no random number is drawn.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import islice

import torch
from accelerate import Accelerator
from torch import Tensor

from dragonfly.model import DragonflyProcessor
from dragonfly.model.generation import stream_tokens
from dragonfly.model.tokenizer import chat_prompt
from dragonfly.training.dataset import Dataset
from dragonfly.training.row_files import Fields
from dragonfly.training.sampler import Slot
from dragonfly.training.trainee import Trainee

MOST_TOKENS = 48
"""An answer is cut there: it is a look, not a measurement."""


@dataclass(frozen=True)
class Sample:
    """One fixed question, and what is said to it now."""

    slide: str
    """Its digest; empty for a picture that is no slide."""
    region: tuple[int, int, int, int] | None
    question: str
    expected: str
    answer: str


class Samples:
    """The first rows of a dataset that have a question, an answer and a picture.

    Args:
        dataset: of validation sources.
        processor: of the model.
        accelerator: of the run; sharded models are not asked.
        most: rows.
    """

    def __init__(
        self,
        dataset: Dataset,
        processor: DragonflyProcessor,
        accelerator: Accelerator,
        most: int,
    ) -> None:
        self.dataset = dataset
        self.processor = processor
        self.accelerator = accelerator
        places = (
            Slot(source, row, 0, 0)
            for source, length in enumerate(dataset.lengths)
            for row in range(length)
        )
        self.slots = list(islice(filter(self._can_be_asked, places), most))

    def ask(self, trainee: Trainee) -> list[dict[str, object]]:
        """The rows with their answers; those whose picture cannot be read are left out.

        Args:
            trainee: of this process, not wrapped.
        """
        trainee.eval()
        told = [self._ask(trainee, slot) for slot in self.slots]
        trainee.train()
        return [asdict(each) for each in told if each is not None]

    def _ask(self, trainee: Trainee, slot: Slot) -> Sample | None:
        loaded = self.dataset.load(slot)
        if loaded.bad or loaded.looked is None:
            return None
        row = self._row(slot)
        return Sample(
            row["slide"] or "",
            tuple(row["region"]) if row["region"] else None,
            row["question"],
            row["answer"],
            self._answer(trainee, row["question"], loaded.looked),
        )

    @torch.no_grad()
    def _answer(self, trainee: Trainee, question: str, looked: Tensor) -> str:
        device = self.accelerator.device
        kind = "crops" if looked.dtype == torch.uint8 else "features"
        texts = self.processor.encode_texts([chat_prompt(question)], True).as_dict()
        with self.accelerator.autocast():
            tokens = stream_tokens(
                trainee.dragonfly,
                input_ids=texts["input_ids"].to(device),
                attention_mask=texts["attention_mask"].to(device),
                image_patches_indices=texts["image_patches_indices"].to(device),
                visual_tokens=trainee.look({kind: looked[None].to(device)}),
                max_new_tokens=MOST_TOKENS,
                stop_ids=self.processor.stop_ids,
            )
            return self.processor.decode(list(tokens)).strip()

    def _can_be_asked(self, slot: Slot) -> bool:
        row = self._row(slot)
        return bool(row["question"] and row["answer"])

    def _row(self, slot: Slot) -> Fields:
        return self.dataset.stores[slot.source][slot.row]
