"""An adapter: the weights that a run trained, apart from the model they belong to.

Small enough to ship where the model itself is put together elsewhere.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from safetensors.torch import load_file, save_file
from torch import Tensor

from dragonfly.model import DragonflyForCausalLM, DragonflyProcessor
from dragonfly.training.args import LoraArgs, Part
from dragonfly.training.errors import TrainingError
from dragonfly.training.freezing import freeze_all_but
from dragonfly.training.lora import add_lora, merge_lora
from dragonfly.training.state import put_weights

WEIGHTS, ABOUT = "adapter.safetensors", "adapter.json"
Weights = dict[str, Tensor]


@dataclass(frozen=True)
class AdapterAbout:
    """What an adapter was trained on top of, and which weights it holds."""

    base_digest: str
    """Digest of the checkpoint that training started from."""
    trained: tuple[Part, ...]
    lora: LoraArgs | None


def save_adapter(folder: Path, weights: Weights, about: AdapterAbout) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    save_file({n: t.cpu().contiguous() for n, t in weights.items()}, folder / WEIGHTS)
    (folder / ABOUT).write_text(json.dumps(asdict(about), indent=2) + "\n")


def load_adapter(folder: Path) -> tuple[Weights, AdapterAbout]:
    """The weights of an adapter and what they are.

    Raises:
        TrainingError: ADAPTER_INVALID.
    """
    try:
        fields: dict[str, Any] = json.loads((folder / ABOUT).read_text())
        lora = fields["lora"]
        about = AdapterAbout(
            fields["base_digest"],
            tuple(fields["trained"]),
            LoraArgs(**{k: _frozen(v) for k, v in lora.items()}) if lora else None,
        )
        return load_file(folder / WEIGHTS), about
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TrainingError(
            "ADAPTER_INVALID", f"{folder.name} holds no readable adapter."
        ) from error


def apply_adapter(
    model: DragonflyForCausalLM,
    processor: DragonflyProcessor,
    weights: Weights,
    about: AdapterAbout,
) -> None:
    """Put trained weights into the model they were trained on, factors merged.

    The result has the published tensor names and is frozen.

    Raises:
        TrainingError: RESUME_MISMATCH, the weights do not fit this model.
    """
    freeze_all_but(model, about.trained)
    if about.lora is not None:
        add_lora(model, about.lora, processor.tokenizer)
    put_weights(model, weights)
    merge_lora(model)
    model.requires_grad_(False)
    model.eval()


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
