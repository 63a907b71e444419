"""`inspect`: what a model from outside is, before any of it is used.

Only safetensors are opened; names, sizes, links and the table of contents are judged
before a library sees the file. The caller runs this as a process with limits.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import torch

from dragonfly.errors import DragonflyError, ModelError
from dragonfly.model import DragonflyForCausalLM
from dragonfly.model.checkpoint import load_checkpoint
from dragonfly.model.digest import checkpoint_digest
from dragonfly.training.adapter import WEIGHTS, load_adapter
from dragonfly.training.export import export

PICKLES = {".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".npy", ".npz", ".py"}
KNOWN = {".json", ".safetensors", ".md", ".txt", ".jinja", ".model"}
LARGEST_HEADER = 100_000_000
"""Bytes; the limit of the safetensors format itself."""


def inspect(task: dict[str, Any]) -> None:
    """Take in `task["folder"]` and write what it is into the file `task["answer"]`.

    The model is put into `models/<digest>`; the folder it came in is left as it was.
    """
    answer = Path(task["answer"])
    try:
        found = taken_in(Path(task["folder"]), Path(task["models"]), task["base"])
    except DragonflyError as error:
        found = {"code": error.code, "message": error.message}
    answer.write_text(json.dumps(found))


def taken_in(folder: Path, models: Path, base: dict[str, str] | None) -> dict[str, str]:
    """Check, load and store it.

    Raises:
        DragonflyError: CHECKPOINT_UNSAFE, CHECKPOINT_CORRUPT, WEIGHTS_NOT_FINITE,
            BASE_MISSING, or as `load_checkpoint` and `load_adapter`.
    """
    check_files(folder)
    draft = models / f"{os.getpid()}.partial"
    shutil.rmtree(draft, ignore_errors=True)
    try:
        if (folder / WEIGHTS).is_file():
            made = merged(folder, draft, base)
        else:
            made = shutil.copytree(folder, draft / "final")
        return stored(made, models, folder.name, base)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def stored(
    made: Path, models: Path, name: str, base: dict[str, str] | None
) -> dict[str, str]:
    """Load it once, then put it where the workers find it."""
    model, _ = load_checkpoint(made, "cpu", torch.float32)
    check_finite(model)
    variant = "v1" if model.layout.high == "selected" else "v2"
    title = model.config.title or name
    digest = checkpoint_digest(made, made.parent / "digests")
    target = models / digest
    if not target.is_dir():
        os.rename(made, target)
    return {
        "digest": digest,
        "path": str(target),
        "name": title,
        "variant": variant,
        "base_digest": base["digest"] if base else "",
    }


def merged(folder: Path, draft: Path, base: dict[str, str] | None) -> Path:
    """The base with an adapter's weights put into it."""
    if base is None:
        raise ModelError(
            "BASE_MISSING",
            "This is an adapter. Name the model version that it was trained on.",
        )
    weights, about = load_adapter(folder)
    if about.base_digest != base["digest"]:
        raise ModelError(
            "BASE_MISSING",
            "The adapter was trained on another model than the one named: its base "
            f"has the digest {about.base_digest[:12]}.",
        )
    record = {"base_digest": about.base_digest}
    return export(Path(base["path"]), draft, weights, about, record)


def check_files(folder: Path) -> None:
    """Refuse links, pickles and programs, and tables of contents that cannot be.

    Raises:
        ModelError: CHECKPOINT_UNSAFE or CHECKPOINT_CORRUPT.
    """
    for file in sorted(folder.rglob("*")):
        if file.is_symlink():
            raise unsafe(f"{file.name} is a link.")
        if file.is_dir():
            continue
        if file.suffix in PICKLES:
            raise unsafe(
                f"{file.name} can run code when it is opened. Only safetensors are "
                "taken; convert it first."
            )
        if file.suffix not in KNOWN:
            raise unsafe(f"{file.name} does not belong to a model. Remove it first.")
        if file.suffix == ".safetensors":
            check_header(file)


def check_header(file: Path) -> None:
    """The first 8 bytes tell how long the table of contents is: it has to fit."""
    with file.open("rb") as opened:
        told = int.from_bytes(opened.read(8), "little")
    if not 2 <= told <= min(LARGEST_HEADER, file.stat().st_size - 8):
        raise ModelError(
            "CHECKPOINT_CORRUPT",
            f"{file.name} is damaged: its table of contents is said to be {told} "
            "bytes long.",
        )


def check_finite(model: DragonflyForCausalLM) -> None:
    """Refuse weights that are not numbers.

    Raises:
        ModelError: WEIGHTS_NOT_FINITE.
    """
    for name, weight in model.named_parameters():
        if not bool(torch.isfinite(weight).all()):
            raise ModelError(
                "WEIGHTS_NOT_FINITE",
                f"The weights “{name}” hold values that are no numbers.",
            )


def unsafe(message: str) -> ModelError:
    """Something that is not opened."""
    return ModelError("CHECKPOINT_UNSAFE", message)
