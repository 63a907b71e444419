"""The end of a run: a plain checkpoint that any reader of Dragonfly loads."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import torch

from dragonfly.model.checkpoint import load_checkpoint, quiet_loading
from dragonfly.model.weights import stored_dtype, weight_files
from dragonfly.training.adapter import (
    AdapterAbout,
    Weights,
    apply_adapter,
    save_adapter,
)

FINAL, ADAPTER, RECORD = "final", "adapter", "training.json"


def export(
    base: Path,
    run_folder: Path,
    weights: Weights,
    about: AdapterAbout,
    record: dict[str, Any],
) -> Path:
    """Write `final/` (a whole checkpoint) and `adapter/` (the trained weights alone).

    The base is loaded again and the trained weights are put into it, in the number
    format that the base is stored in.

    Returns:
        the folder of the checkpoint.
    """
    draft = run_folder / f"{FINAL}.partial"
    shutil.rmtree(draft, ignore_errors=True)
    model, processor = load_checkpoint(base, "cpu", torch.float32)
    # Names differ by the wrapper that the loop trains.
    own = {name.removeprefix("dragonfly."): t.cpu() for name, t in weights.items()}
    apply_adapter(model, processor, own, about)
    with quiet_loading():
        model.to(stored_dtype(weight_files(base)) or torch.float32)
        model.save_pretrained(draft)
        processor.save_pretrained(draft)
    (draft / RECORD).write_text(json.dumps(record, indent=2, default=str) + "\n")
    save_adapter(run_folder / ADAPTER, own, about)
    target = run_folder / FINAL
    shutil.rmtree(target, ignore_errors=True)
    os.rename(draft, target)
    return target
