"""`Batch`: examples as tensors, and `Collator`, which makes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from dragonfly.model import DragonflyProcessor
from dragonfly.training.dataset import Bad, Loaded
from dragonfly.training.labels import Labeller, label_count


@dataclass(frozen=True)
class Batch:
    """Examples that one device sees at once.

    `tensors` holds `input_ids`, `attention_mask` and `labels`, each of shape (batch,
    length), and with pictures `image_patches_indices` of the same shape and either
    `crops`, uint8 (batch, crops, px, px, 3), or `features`, float16 (batch, tokens,
    hidden).
    """

    tensors: dict[str, Tensor]
    bad: tuple[Bad, ...]
    labels: int
    """Tokens to be predicted."""
    tokens: int
    """Tokens without padding, visual ones included."""

    def __len__(self) -> int:
        return len(self.tensors["input_ids"])

    @property
    def pictures(self) -> int:
        return len(self) if "image_patches_indices" in self.tensors else 0

    def pinned(self) -> Batch:
        """The same in memory that a GPU reads directly."""
        tensors = {name: t.pin_memory() for name, t in self.tensors.items()}
        return Batch(tensors, self.bad, self.labels, self.tokens)

    def on(self, device: torch.device) -> dict[str, Tensor]:
        return {
            name: tensor.to(device, non_blocking=True)
            for name, tensor in self.tensors.items()
        }


class Collator:
    """Loaded examples to one batch.

    Args:
        processor: of the model.
        labeller: chooses what is learned.
        max_length: tokens; beside a picture the text keeps half.
        pin: put batches where a GPU reads them directly.
    """

    def __init__(
        self,
        processor: DragonflyProcessor,
        labeller: Labeller,
        max_length: int,
        pin: bool = False,
    ) -> None:
        self.processor = processor
        self.labeller = labeller
        self.max_length = max_length
        self.pin = pin

    def __call__(self, loaded: Sequence[Loaded]) -> Batch:
        looked = [example.looked for example in loaded if example.looked is not None]
        texts = self.processor.encode_texts(
            [example.text for example in loaded], bool(looked), True, self.max_length
        )
        ids, labels = self.labeller(texts)
        tensors = texts.as_dict() | {"input_ids": ids, "labels": labels}
        if looked:
            kind = "crops" if looked[0].dtype == torch.uint8 else "features"
            tensors[kind] = torch.stack(looked)
        bad = tuple(each for example in loaded for each in example.bad)
        tokens = int(texts.attention_mask.sum())
        batch = Batch(tensors, bad, label_count(labels), tokens)
        return batch.pinned() if self.pin else batch
