"""Tiny checkpoints with random weights, and pictures to show them."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from dragonfly.model import DragonflyConfig, DragonflyForCausalLM
from dragonfly.model.checkpoint import quiet_loading
from dragonfly.model.layout import Variant

PARITY = Path(__file__).parent / "fixtures" / "parity"
TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")
QUESTION = (
    "<|start_header_id|>user<|end_header_id|>\n\nWhat tissue is this?<|eot_id|>"
    "<|start_header_id|>assistant<|end_header_id|>\n\n"
)
TEXT: dict[str, Any] = {
    "model_type": "llama",
    "vocab_size": 396,
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "bos_token_id": 0,
    "eos_token_id": 1,
    "initializer_range": 0.3,
}
PATCHES: dict[Variant, int] = {"v1": 2, "v2": 4}


def tiny_vision(variant: Variant = "v1", crop_px: int = 8) -> dict[str, Any]:
    """A tower of 2 x 2 patches (v1) or 4 x 4 patches (v2)."""
    return {
        "model_type": "clip_vision_model",
        "hidden_size": 16,
        "intermediate_size": 32,
        "num_hidden_layers": 3,
        "num_attention_heads": 2,
        "image_size": crop_px,
        "patch_size": crop_px // PATCHES[variant],
    }


def tiny_config(
    variant: Variant = "v1", crop_px: int = 8, **text: Any
) -> DragonflyConfig:
    return DragonflyConfig(
        text_config=TEXT | text,
        vision_config=tiny_vision(variant, crop_px),
        hidden_size=32,
        initializer_range=0.3,
        bos_token_id=0,
        eos_token_id=1,
    )


def tiny_model(
    variant: Variant = "v1", crop_px: int = 8, **text: Any
) -> DragonflyForCausalLM:
    torch.manual_seed(0)
    model = DragonflyForCausalLM(tiny_config(variant, crop_px, **text))
    model.eval()
    return model


def save_checkpoint(
    folder: Path, model: DragonflyForCausalLM | None = None, **kwargs: Any
) -> Path:
    """Save a model (by default the tiny v1) with a tokenizer beside it."""
    with quiet_loading():
        (model or tiny_model()).save_pretrained(folder, **kwargs)
    copy_tokenizer(folder)
    return folder


def copy_tokenizer(folder: Path) -> None:
    for name in TOKENIZER_FILES:
        shutil.copy(PARITY / "v1" / name, folder)


def noise(width: int = 40, height: int = 30, seed: int = 0) -> Image.Image:
    values = np.random.default_rng(seed).integers(0, 256, (height, width, 3))
    return Image.fromarray(values.astype(np.uint8))
