"""`dragonfly evaluate`: a benchmark's questions put to a loaded model."""

from __future__ import annotations

import argparse
from collections import OrderedDict
from collections.abc import Sequence

import torch
from rich.console import Console
from torch import Tensor

from dragonfly.cli.model import load_engine
from dragonfly.engine import Engine
from dragonfly.evaluation import command
from dragonfly.evaluation.image import read_image
from dragonfly.evaluation.item import Item
from dragonfly.model.crops import cut_crops
from dragonfly.model.tokenizer import chat_prompt

MOST_TOKENS = 128
MOST_KEPT = 512
"""Pictures whose visual tokens are remembered."""


def run(arguments: argparse.Namespace) -> int:
    """Evaluate a model, or score predictions that another system made."""
    return command.run(arguments, load=_load)


def _load(model: str | None) -> ModelAnswerer:
    return ModelAnswerer(load_engine(model, None, None, Console(stderr=True)))


class ModelAnswerer:
    """Answers benchmark items, a batch at a time, greedily."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        # Sets ask several questions of a picture, not always one after the other.
        self._seen: OrderedDict[str, Tensor] = OrderedDict()

    @property
    def name(self) -> str:
        """Model name and digest: predictions of another version are not continued."""
        return f"{self.engine.name}@{self.engine.digest[:12]}"

    def __call__(self, items: Sequence[Item]) -> list[str]:
        model, processor = self.engine.model, self.engine.processor
        texts = [chat_prompt(item.prompt) for item in items]
        batch = processor.encode_texts(texts, with_pictures=True)
        inputs = {name: t.to(model.device) for name, t in batch.as_dict().items()}
        ids = model.generate(
            **inputs,
            visual_tokens=torch.cat([self._look(item) for item in items]),
            max_new_tokens=MOST_TOKENS,
            do_sample=False,
            eos_token_id=sorted(processor.stop_ids),
            pad_token_id=processor.pad_token_id,
        )
        new = ids[:, batch.input_ids.shape[1] :]
        return [processor.decode(row).strip() for row in new]

    @torch.inference_mode()
    def _look(self, item: Item) -> Tensor:
        """Visual tokens of an item's picture, shape (1, visual tokens, hidden)."""
        model, processor = self.engine.model, self.engine.processor
        picture = str(item.image or item.id)
        if picture not in self._seen:
            read = read_image(item)
            crops = cut_crops(read, processor.plan(read), processor.layout)
            features = model.encode_crops(processor.normalise(crops, model.device))
            self._seen[picture] = model.visual_tokens(features[None]).embeddings
            if len(self._seen) > MOST_KEPT:
                self._seen.popitem(last=False)
        return self._seen[picture]
