"""Writes a trained adapter in the form in which it ships."""

from __future__ import annotations

import json
from pathlib import Path

import torch

from dragonfly.mini.build import installed_parts
from dragonfly.mini.data.rows import HELD_BACK
from dragonfly.mini.kinds_seen import fit_familiarity, signatures_by_source
from dragonfly.mini.shipped import PARTS
from dragonfly.mini.starting import open_features
from dragonfly.model.checkpoint import load_checkpoint
from dragonfly.training.adapter import load_adapter, save_adapter
from dragonfly.training.dataset import Dataset
from dragonfly.training.export import ADAPTER
from dragonfly.training.feature_filling import FeatureFiller
from dragonfly.training.source import Source


def write_adapter(
    run: Path, base: Path, mixture: Path, features: Path, target: Path
) -> Path:
    """The adapter of a run as 16-bit floats, its parts, and what it knows.

    Args:
        run: folder of the training run.
        base: checkpoint of the joined parts.
        mixture: mixture file that was trained on.
        features: folder of the feature store.
        target: folder to write.

    Raises:
        TrainingError: ADAPTER_INVALID.
    """
    weights, about = load_adapter(run / ADAPTER)
    save_adapter(target, {n: t.half() for n, t in weights.items()}, about)
    parts = json.dumps(installed_parts(), indent=2) + "\n"
    (target / PARTS).write_text(parts, encoding="utf-8")
    write_familiarity(base, mixture, features, target)
    return target


def write_familiarity(base: Path, mixture: Path, features: Path, target: Path) -> None:
    """Measure the training pictures and those held back, and write the threshold."""
    model, processor = load_checkpoint(base, "cpu", torch.float32)
    dataset, store = open_features(model, processor, mixture, features)
    source = Source(name=HELD_BACK, path=mixture.with_name(f"{HELD_BACK}.jsonl"))
    others = Dataset((source,), model.layout, features / "rows")
    FeatureFiller(model, processor, store, torch.device("cpu"), 2).fill(others)
    trained, held_back = (signatures_by_source(d, store) for d in (dataset, others))
    fit_familiarity(trained, held_back).save(target)
