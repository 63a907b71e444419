"""Dragonfly v1 and v2, as published: configuration, processor and model."""

from transformers import AutoConfig, AutoModelForCausalLM

from dragonfly.model.config import DragonflyConfig
from dragonfly.model.dragonfly import DragonflyForCausalLM, DragonflyOutput
from dragonfly.model.processing import DragonflyInputs, DragonflyProcessor

AutoConfig.register("dragonfly", DragonflyConfig, exist_ok=True)
AutoModelForCausalLM.register(DragonflyConfig, DragonflyForCausalLM, exist_ok=True)

__all__ = [
    "DragonflyConfig",
    "DragonflyForCausalLM",
    "DragonflyInputs",
    "DragonflyOutput",
    "DragonflyProcessor",
]
