"""`dragonfly evaluate`: a benchmark's questions put to a loaded model."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from rich.console import Console

from dragonfly.cli.model import load_engine
from dragonfly.engine import Engine
from dragonfly.evaluation import command
from dragonfly.evaluation.image import read_image
from dragonfly.evaluation.item import Item
from dragonfly.model.tokenizer import chat_prompt

MOST_TOKENS = 128


def run(arguments: argparse.Namespace) -> int:
    """Evaluate a model, or score predictions that another system made."""
    return command.run(arguments, load=_load)


def _load(model: str | None) -> ModelAnswerer:
    return ModelAnswerer(load_engine(model, None, None, Console(stderr=True)))


class ModelAnswerer:
    """Answers benchmark items, a batch at a time, greedily."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @property
    def name(self) -> str:
        """Model name and digest: predictions of another version are not continued."""
        return f"{self.engine.name}@{self.engine.digest[:12]}"

    def __call__(self, items: Sequence[Item]) -> list[str]:
        model, processor = self.engine.model, self.engine.processor
        inputs = processor(
            text=[chat_prompt(item.prompt) for item in items],
            images=[read_image(item) for item in items],
        ).to(model.device)
        ids = model.generate(
            **inputs,
            max_new_tokens=MOST_TOKENS,
            do_sample=False,
            eos_token_id=sorted(processor.stop_ids),
            pad_token_id=processor.pad_token_id,
        )
        new = ids[:, inputs["input_ids"].shape[1] :]
        return [processor.decode(row).strip() for row in new]
