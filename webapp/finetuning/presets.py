"""What a job trains: a preset's figures, and those that a person may change.

The trainer checks its own configuration again; here a mistake is refused before a
job waits for hours to tell of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from dragonfly.errors import DragonflyError
from webapp.finetuning.models import FineTuneJob

Preset = FineTuneJob.Preset
WHOLE = ["encoder", "projector", "language_model"]


@dataclass(frozen=True)
class Limits:
    """A number that may be changed: where it goes, and what it may be."""

    place: str
    low: float
    high: float
    is_whole: bool = True
    label: str = ""


LIMITS = {
    "epochs": Limits("", 0.01, 1000, False, "Passes over the training part"),
    "batch_size": Limits("optimizer", 1, 1024, label="Examples per step"),
    "micro_batch_size": Limits("optimizer", 1, 256, label="Examples at once"),
    "learning_rate": Limits("optimizer", 1e-8, 0.1, False, "Learning rate"),
    "warmup_ratio": Limits("optimizer", 0, 0.5, False, "Share of steps to warm up"),
    "weight_decay": Limits("optimizer", 0, 1, False, "Weight decay"),
    "max_length": Limits("data", 64, 16_384, label="Longest text, in tokens"),
    "validation_examples": Limits("data", 1, 10_000, label="Validation examples"),
    "rank": Limits("lora", 1, 512, label="LoRA rank"),
    "alpha": Limits("lora", 1, 1024, label="LoRA alpha"),
    "samples": Limits("data", 0, 20, label="Sample answers at each checkpoint"),
    "processes": Limits("", 1, 64, label="Trainer processes, one for each device"),
    "save_every": Limits("run", 1, 100_000, label="Steps between checkpoints"),
    "seed": Limits("run", 0, 2**31 - 1, label="Seed"),
}
PRECISIONS = ("float32", "bfloat16")
COMMON: dict[str, Any] = {
    "trained": ["projector"],
    "data": {"labels_from": "answer", "max_length": 2048, "workers": 2, "samples": 3},
    "optimizer": {
        "batch_size": 8,
        "micro_batch_size": 1,
        "warmup_ratio": 0.03,
        "weight_decay": 0.0,
    },
    "run": {
        "precision": "bfloat16",
        "save_every": 50,
        "keep_last": 1,
        "log_every": 1,
        "seed": 42,
    },
}
EPOCHS = {
    Preset.PROJECTOR: 3.0,
    Preset.LORA_SMALL: 3.0,
    Preset.LORA_LARGE: 3.0,
    Preset.FULL: 2.0,
}
OWN: dict[str, dict[str, Any]] = {
    Preset.PROJECTOR: {"optimizer": {"learning_rate": 2e-4}},
    Preset.LORA_SMALL: {
        "lora": {"rank": 8, "alpha": 16},
        "optimizer": {"learning_rate": 1e-4},
    },
    Preset.LORA_LARGE: {
        "lora": {"rank": 64, "alpha": 128},
        "optimizer": {"learning_rate": 5e-5},
        "run": {"gradient_checkpointing": True},
    },
    Preset.FULL: {
        "trained": WHOLE,
        "optimizer": {"learning_rate": 2e-6},
        "run": {"gradient_checkpointing": True},
    },
}


def config_of(preset: str, fields: dict[str, Any], examples: int) -> dict[str, Any]:
    """The trainer's configuration, without the paths.

    Args:
        fields: by the names of `LIMITS`, and "precision".
        examples: of the training part; epochs become steps.

    Raises:
        DragonflyError: SETTING_INVALID, with the field and what it may be.
    """
    config = copied(COMMON, OWN[preset])
    for name, value in fields.items():
        put(config, name, value)
    optimizer = config["optimizer"]
    refuse_uneven(optimizer, processes_of(fields))
    epochs = float(fields.get("epochs", EPOCHS[Preset(preset)]))
    steps = max(1, math.ceil(epochs * examples / optimizer["batch_size"]))
    optimizer["steps"] = steps
    config["run"]["save_every"] = min(config["run"]["save_every"], steps)
    return config


def processes_of(fields: dict[str, Any]) -> int:
    """Trainer processes: a person's number, or the site's."""
    return int(fields.get("processes", settings.TRAINING_PROCESSES))


def refuse_uneven(optimizer: dict[str, Any], processes: int) -> None:
    """Raise SETTING_INVALID where processes would not see equally many examples."""
    if optimizer["batch_size"] % (optimizer["micro_batch_size"] * processes):
        raise invalid(
            "The examples per step must be a multiple of those at once"
            + (f" times the {processes} processes." if processes > 1 else ".")
        )


def put(config: dict[str, Any], name: str, value: Any) -> None:
    """Set one field, checked."""
    if name == "precision":
        if value not in PRECISIONS:
            raise invalid(f"precision is one of {', '.join(PRECISIONS)}.")
        config["run"]["precision"] = value
        return
    limits = LIMITS.get(name)
    if limits is None:
        raise invalid(f"There is no setting “{name}”: {', '.join(LIMITS)}, precision.")
    number = checked(name, value, limits)
    if limits.place == "lora" and "lora" not in config:
        raise invalid(f"“{name}” is of LoRA, which this preset does not use.")
    if limits.place:
        config[limits.place][name] = number


def checked(name: str, value: Any, limits: Limits) -> float | int:
    """The number, if it is one that may be set."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or (limits.is_whole and value != int(value)):
        kind = "a whole number" if limits.is_whole else "a number"
        raise invalid(f"“{name}” must be {kind}.")
    if not limits.low <= value <= limits.high:
        raise invalid(f"“{name}” must be from {limits.low:g} to {limits.high:g}.")
    return int(value) if limits.is_whole else float(value)


def copied(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Nested mappings joined into new ones; values of `over` win."""
    result = {k: dict(v) if isinstance(v, dict) else v for k, v in base.items()}
    for key, value in over.items():
        both = isinstance(value, dict) and isinstance(result.get(key), dict)
        result[key] = copied(result[key], value) if both else copied_value(value)
    return result


def copied_value(value: Any) -> Any:
    """A copy that a job may change."""
    return dict(value) if isinstance(value, dict) else value


def invalid(message: str) -> DragonflyError:
    """A setting that cannot be."""
    return DragonflyError("SETTING_INVALID", message)
