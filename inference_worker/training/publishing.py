"""Putting a finished model where the workers find it: a folder named by its digest."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from inference_worker.training.run_folder import RunFolder

MEASURED = "familiarity.safetensors"
"""What the base's maker measured of its encoder; it holds while that is unchanged."""


def publish(run: RunFolder, data: Path, digest: str, side: Path | None) -> Path:
    """Move the checkpoint to `models/<digest>` and let the run's own go.

    Called again after a crash it finds what it did before.

    Args:
        run: of the job; its adapter, metrics and configuration stay.
        data: the data folder.
        digest: of the checkpoint.
        side: folder of the base, if what was measured of it still holds.
    """
    target = data / "models" / digest
    if not target.is_dir():
        draft = target.with_name(f"{digest}.partial")
        shutil.rmtree(draft, ignore_errors=True)
        draft.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(run.final, draft, copy_function=_link)
        if side is not None and (side / MEASURED).is_file():
            shutil.copy2(side / MEASURED, draft / MEASURED)
        os.rename(draft, target)
    shutil.rmtree(run.output / "checkpoints", ignore_errors=True)
    return target


def _link(source: str, target: str) -> str:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target
