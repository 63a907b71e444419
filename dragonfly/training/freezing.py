"""Which weights a run changes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from torch import nn

from dragonfly.model import DragonflyForCausalLM
from dragonfly.training.args import Part

MODULES: dict[Part, str] = {
    "encoder": "image_encoder",
    "projector": "vision_embed_tokens",
    "language_model": "language_model",
}


def freeze_all_but(model: DragonflyForCausalLM, parts: Iterable[Part]) -> None:
    """Let only these parts learn."""
    model.requires_grad_(False)
    for part in parts:
        getattr(model, MODULES[part]).requires_grad_(True)
    freeze_unreached(model)


def freeze_unreached(model: DragonflyForCausalLM) -> None:
    """Freeze what no output depends on: the encoder's last layer and final norm.

    Features are taken before them, so they would never get a gradient, and a reduction
    over processes would wait for one.
    """
    tower: Any = model.image_encoder.vision_model
    layers = tower.encoder.layers if hasattr(tower, "encoder") else tower.layers
    norm = getattr(tower, "post_layernorm", None) or tower.layernorm
    unreached: tuple[nn.Module, ...] = (layers[-1], norm)
    for module in unreached:
        module.requires_grad_(False)


def trained_names(model: nn.Module) -> list[str]:
    """Names of the weights that learn, sorted."""
    return sorted(n for n, p in model.named_parameters() if p.requires_grad)


def trained_count(model: nn.Module) -> int:
    """Numbers that learn."""
    return sum(p.numel() for p in model.parameters() if p.requires_grad)
