"""What a training run really saw, read from what it left, and whether runs agree.

Equal means: as many steps and examples, the same text, the same parts trained. Visual
tokens differ, since they are what is compared.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dragonfly.training.export import RECORD
from dragonfly.training.metrics import Record, read_metrics

EQUAL = {
    "steps": "steps",
    "batch_size": "examples per step",
    "examples": "examples seen",
    "text_tokens": "text tokens seen",
    "trained": "parts trained",
}


@dataclass(frozen=True)
class Budget:
    """One run. Tokens, pictures and seconds are None where not every step was logged.

    `seconds` is the time from the first step to the last, without loading and export.
    """

    steps: int
    batch_size: int
    examples: int
    skipped: int
    trained: str
    trained_numbers: int
    pictures: int | None
    text_tokens: int | None
    visual_tokens: int | None
    seconds: float | None
    last_loss: float | None


def read_budget(checkpoint: Path, places: int) -> Budget | None:
    """The budget of the run that made a checkpoint; None where it left no record.

    Args:
        checkpoint: a folder that training exported.
        places: of one picture in the sequence.
    """
    record = checkpoint / RECORD
    if not record.is_file():
        return None
    said: dict[str, Any] = json.loads(record.read_text())
    arguments = said["arguments"]
    steps = [r for r in read_metrics(checkpoint.parent) if r["kind"] == "step"]
    whole = [r["step"] for r in steps] == list(range(1, said["steps"] + 1))
    pictures = _sum(steps, "images_per_s") if whole else None
    tokens = _sum(steps, "tokens_per_s") if whole else None
    visual = None if pictures is None else pictures * places
    return Budget(
        steps=said["steps"],
        batch_size=arguments["optimizer"]["batch_size"],
        examples=said["examples_seen"],
        skipped=said["examples_skipped"],
        trained=_parts(arguments),
        trained_numbers=said["trained_numbers"],
        pictures=pictures,
        text_tokens=None if tokens is None or visual is None else tokens - visual,
        visual_tokens=visual,
        seconds=sum(1 / r["steps_per_s"] for r in steps) if whole else None,
        last_loss=steps[-1]["loss"] if steps else None,
    )


def _sum(steps: Sequence[Record], rate: str) -> int:
    """How many there were: both rates of a record are over the same seconds."""
    return round(sum(float(r[rate]) / float(r["steps_per_s"]) for r in steps))


def _parts(arguments: dict[str, Any]) -> str:
    lora = arguments.get("lora")
    factors = [f"LoRA of rank {lora['rank']}"] if lora else []
    return ", ".join([*sorted(arguments["trained"]), *factors])


def differences(budgets: Sequence[Budget]) -> list[str]:
    """What differs between runs that should be equal, in words; [] when they are."""
    found = []
    for field, words in EQUAL.items():
        values = dict.fromkeys(getattr(budget, field) for budget in budgets)
        if len(values) > 1:
            found.append(f"{words}: {', '.join(str(value) for value in values)}")
    return found
