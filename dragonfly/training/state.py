"""Checkpoints of a run: written beside and renamed, the last few and the best kept.

A checkpoint holds the trained weights, the optimizer, the random states of each
process and how far the run is. Frozen weights are those of the model that the run
started from and are not written, except where the weights are sharded over devices.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

from accelerate import Accelerator
from accelerate.utils import DistributedType
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from dragonfly.training.errors import TrainingError
from dragonfly.training.freezing import trained_names

FOLDER = "checkpoints"
PROGRESS = "progress.json"
WEIGHTS = "trained.safetensors"
PARTIAL = ".partial"
WHOLE_MODEL_TYPES = (
    DistributedType.NO,
    DistributedType.MULTI_CPU,
    DistributedType.MULTI_GPU,
)
Progress = dict[str, Any]


class Checkpoints:
    """The checkpoints in the folder of a run.

    Args:
        accelerator: has prepared the model and the optimizer.
        run_folder: of the run.
        keep_last: how many are kept beside the best.
    """

    def __init__(
        self, accelerator: Accelerator, run_folder: Path, keep_last: int
    ) -> None:
        self.accelerator = accelerator
        self.folder = run_folder / FOLDER
        self.keep_last = keep_last
        if accelerator.distributed_type in WHOLE_MODEL_TYPES:
            accelerator.register_save_state_pre_hook(self._save_weights)
            accelerator.register_load_state_pre_hook(self._load_weights)

    def save(self, step: int, progress: Progress) -> Path:
        """Write the state after `step` steps; it is whole or absent."""
        target = self.folder / f"step-{step:08d}"
        draft = target.with_name(target.name + PARTIAL)
        if self.accelerator.is_main_process:
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir(parents=True)
        self.accelerator.wait_for_everyone()
        self.accelerator.save_state(str(draft))
        self.accelerator.wait_for_everyone()
        if self.accelerator.is_main_process:
            (draft / PROGRESS).write_text(json.dumps({"step": step} | progress) + "\n")
            _flush(draft)
            shutil.rmtree(target, ignore_errors=True)
            os.rename(draft, target)
            self._prune()
        self.accelerator.wait_for_everyone()
        return target

    def load(self, checkpoint: Path) -> Progress:
        """Restore weights, optimizer and random states; returns how far it is."""
        self.accelerator.load_state(str(checkpoint))
        return read_progress(checkpoint)

    def _prune(self) -> None:
        found = list_checkpoints(self.folder)
        kept = {*found[-self.keep_last :], best_checkpoint(self.folder)}
        for checkpoint in found:
            if checkpoint not in kept:
                shutil.rmtree(checkpoint)
        for left_over in self.folder.glob(f"*{PARTIAL}"):
            shutil.rmtree(left_over)

    def _save_weights(
        self, models: list[nn.Module], weights: list[Any], folder: str
    ) -> None:
        weights.clear()
        if self.accelerator.is_main_process:
            model = self.accelerator.unwrap_model(models[0])
            save_file(trained_weights(model), Path(folder) / WEIGHTS)

    def _load_weights(self, models: list[nn.Module], folder: str) -> None:
        model = self.accelerator.unwrap_model(models.pop())
        put_weights(model, load_file(Path(folder) / WEIGHTS))


def trained_weights(model: nn.Module) -> dict[str, Tensor]:
    """The weights that learn, by name, on their device."""
    parameters = dict(model.named_parameters())
    return {n: parameters[n].detach().contiguous() for n in trained_names(model)}


def put_weights(model: nn.Module, weights: dict[str, Tensor]) -> None:
    """Put weights back where they were taken from.

    Raises:
        TrainingError: RESUME_MISMATCH, the model learns other weights.
    """
    if sorted(weights) != trained_names(model):
        raise TrainingError(
            "RESUME_MISMATCH",
            "The checkpoint holds other trained weights than this configuration asks "
            "for. Resume with the configuration of the run.",
        )
    for name, parameter in model.named_parameters():
        if name in weights:
            # One number would be copied into every place of a larger weight.
            if weights[name].shape != parameter.shape:
                raise TrainingError(
                    "RESUME_MISMATCH", f"The weights “{name}” are of another size."
                )
            parameter.data.copy_(weights[name])


def list_checkpoints(folder: Path) -> list[Path]:
    """Whole checkpoints, the oldest first."""
    found = (f for f in folder.glob("step-*") if f.suffix != PARTIAL)
    return sorted(f for f in found if (f / PROGRESS).is_file())


def last_checkpoint(run_folder: Path) -> Path | None:
    found = list_checkpoints(run_folder / FOLDER)
    return found[-1] if found else None


def best_checkpoint(folder: Path) -> Path | None:
    """The checkpoint of lowest validation loss; None when none was validated."""
    losses = {
        f: read_progress(f).get("validation_loss") for f in list_checkpoints(folder)
    }
    known = {f: loss for f, loss in losses.items() if loss is not None}
    return min(known, key=lambda f: known[f]) if known else None


def read_progress(checkpoint: Path) -> Progress:
    content: Progress = json.loads((checkpoint / PROGRESS).read_text())
    return content


def _flush(folder: Path) -> None:
    """Have the contents on disk before the rename is."""
    for file in folder.rglob("*"):
        if file.is_file():
            with file.open("rb") as opened:
                os.fsync(opened.fileno())
