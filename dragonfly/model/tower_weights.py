"""The vision tower's own weights: where a checkpoint relies on a folder beside it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from huggingface_hub import try_to_load_from_cache
from safetensors.torch import load_file, save_file
from torch import Tensor

from dragonfly.errors import ModelError
from dragonfly.model.towers import tower_folder

if TYPE_CHECKING:
    from dragonfly.model.dragonfly import DragonflyForCausalLM

PREFIX = "image_encoder."
WEIGHTS = "model.safetensors"


def load_missing_tower(model: DragonflyForCausalLM, info: dict[str, Any]) -> None:
    """Fill the tower from its own folder when the checkpoint does not hold it.

    Raises:
        ModelError: VISION_TOWER_MISSING, no weights are found.
    """
    missing = {name for name in info["missing_keys"] if name.startswith(PREFIX)}
    if not missing:
        return
    name = model.config.image_encoder
    file = _weights_file(name, model.config.folder)
    if file is None:
        raise ModelError(
            "VISION_TOWER_MISSING",
            f"The checkpoint holds no weights of its vision tower “{name}”, and none "
            "lie beside it or in the local cache.",
        )
    weights = {PREFIX + key: value for key, value in load_file(file).items()}
    known = model.state_dict().keys()
    model.load_state_dict(
        {k: v for k, v in weights.items() if k in known}, strict=False
    )
    info["missing_keys"] = set(info["missing_keys"]) - set(weights)


def save_tower(model: DragonflyForCausalLM, folder: str | os.PathLike[str]) -> None:
    """Write the tower's folder beside the checkpoint when its name is a path.

    The public code builds the tower from that folder before it reads the checkpoint.
    """
    name = model.config.image_encoder
    if not name or tower_folder(name, model.config.folder) is None:
        return
    target = Path(folder) / Path(name).name
    model.config.resolve_vision().save_pretrained(target)
    save_file(_tower_state(model), target / WEIGHTS, metadata={"format": "pt"})


def _tower_state(model: DragonflyForCausalLM) -> dict[str, Tensor]:
    state = model.image_encoder.state_dict()
    return {name: tensor.contiguous() for name, tensor in state.items()}


def _weights_file(name: str | None, folder: Path | None) -> Path | None:
    found = tower_folder(name, folder)
    if found is not None and (found / WEIGHTS).is_file():
        return found / WEIGHTS
    cached = try_to_load_from_cache(name, WEIGHTS) if name else None
    return Path(cached) if isinstance(cached, str) else None
