"""Putting a finished model where the workers find it: a folder named by its digest."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from inference_worker.training.run_folder import RunFolder

FAMILIARITY, RELEVANCE = "familiarity.safetensors", "relevance.safetensors"
"""What the base's maker measured beside its weights."""


def carry_measured(base: Path, config: Mapping[str, Any], final: Path) -> None:
    """Put beside the trained weights what was measured of the base and still holds.

    Both were measured of the encoder, and the relevance of the word embeddings too,
    which change when all weights of the language model are trained.
    """
    trained, lora = config.get("trained", []), config.get("lora") or {}
    if "encoder" in trained or lora.get("encoder"):
        return
    is_read_alike = "language_model" not in trained or bool(lora)
    for name in (FAMILIARITY, RELEVANCE) if is_read_alike else (FAMILIARITY,):
        if (base / name).is_file():
            shutil.copy2(base / name, final / name)


def publish(run: RunFolder, data: Path, digest: str) -> Path:
    """Move the checkpoint to `models/<digest>` and let the run's own go.

    Called again after a crash it finds what it did before.

    Args:
        run: of the job; its adapter, metrics and configuration stay.
        data: the data folder.
        digest: of the checkpoint.
    """
    target = data / "models" / digest
    if not target.is_dir():
        draft = target.with_name(f"{digest}.partial")
        shutil.rmtree(draft, ignore_errors=True)
        draft.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(run.final, draft, copy_function=_link)
        os.rename(draft, target)
    shutil.rmtree(run.output / "checkpoints", ignore_errors=True)
    return target


def _link(source: str, target: str) -> str:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target
