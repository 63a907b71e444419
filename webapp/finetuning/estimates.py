"""Time, memory and disk of a job before it starts.

Time is measured where an earlier job trained the same base in the same way; else it
is arithmetic, and says so.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from django.conf import settings

from webapp.finetuning.base_facts import BaseFacts, read_base
from webapp.finetuning.models import FineTuneJob
from webapp.training.models import ModelVersion

FOR_TRAINED = 16
"""Bytes a trained weight: itself, its gradient and Adam's two, in 32 bits."""
FOR_CHECKPOINT = 12
"""The weight and Adam's two."""
KEPT = 4
"""Checkpoints on the disk at most: the last, the best, one being written, one spare."""
ACTIVATION_BYTES = 34
"""A token, layer and hidden number, without recomputation (arXiv 2205.05198)."""


def estimate(
    base: ModelVersion, preset: str, config: dict[str, Any], examples: int
) -> dict[str, Any]:
    """What a job will need; null where it cannot be known.

    Args:
        examples: of the training part.
    """
    steps = int(config["optimizer"]["steps"])
    facts = read_base(Path(base.path))
    told: dict[str, Any] = {
        "steps": steps,
        "examples": examples,
        "seconds": None,
        "seconds_from": "",
        "memory_bytes": None,
        "disk_bytes": None,
        "free_bytes": free_bytes(),
    }
    if facts is not None:
        told["memory_bytes"] = memory_bytes(facts, config)
        told["disk_bytes"] = disk_bytes(facts, config)
        told["seconds"] = round(operations(facts, config) / settings.TRAINING_FLOPS)
        told["seconds_from"] = (
            f"arithmetic, at {settings.TRAINING_FLOPS:.0e} operations a second"
        )
    if (pace := measured_pace(base, preset, config)) is not None:
        told["seconds"] = round(steps * pace)
        told["seconds_from"] = "measured in an earlier job of this kind"
    return told


def operations(facts: BaseFacts, config: dict[str, Any]) -> float:
    """Forward and backward: 4 a weight and token through frozen ones, 6 if trained."""
    optimizer = config["optimizer"]
    tokens = int(config["data"]["max_length"]) // 2
    per_weight = 6 if "language_model" in config["trained"] else 4
    seen = int(optimizer["steps"]) * int(optimizer["batch_size"]) * tokens
    return float(per_weight * facts.weights * seen)


def memory_bytes(facts: BaseFacts, config: dict[str, Any]) -> int:
    """Frozen weights, what is kept for trained ones, and activations."""
    trained = facts.trained(config)
    item = 4 if config["run"]["precision"] == "float32" else 2
    frozen = max(0, facts.weights - trained) * item
    tokens = config["optimizer"]["micro_batch_size"] * config["data"]["max_length"]
    activations = ACTIVATION_BYTES * tokens * facts.hidden * facts.layers
    if config["run"].get("gradient_checkpointing"):
        activations = activations // facts.layers + 2 * tokens * facts.hidden * item
    return int(frozen + trained * FOR_TRAINED + activations)


def disk_bytes(facts: BaseFacts, config: dict[str, Any]) -> int:
    """Checkpoints while it runs, then the model (twice for a moment) and adapter."""
    trained = facts.trained(config)
    return trained * (FOR_CHECKPOINT * KEPT + 4) + 2 * facts.stored_bytes


def free_bytes() -> int:
    """Of the disk that jobs write to."""
    return shutil.disk_usage(settings.DATA_FOLDER).free


def measured_pace(
    base: ModelVersion, preset: str, config: dict[str, Any]
) -> float | None:
    """Seconds a step of the newest job with the same base, preset and batch."""
    size = config["optimizer"]["batch_size"]
    earlier = FineTuneJob.objects.filter(
        base=base,
        preset=preset,
        state=FineTuneJob.State.SUCCEEDED,
        config__optimizer__batch_size=size,
    ).first()
    last = earlier and earlier.figures.filter(kind="step").last()
    rate = last.data.get("steps_per_s") if last else None
    return 1 / rate if rate else None
