"""Dragonfly-mini put together: base parts converted once, the adapter joined.

The result is an ordinary checkpoint folder in the user's cache, named by the digest of
everything that went into it, so that a changed part or adapter is a new folder.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from dragonfly.mini.carriers import LANGUAGE, VISION
from dragonfly.mini.language_part import read_language_model, read_tokenizer
from dragonfly.mini.vision_part import (
    IMAGENET_MEAN,
    IMAGENET_STD,
    read_vision_part,
    vision_config,
)
from dragonfly.model import DragonflyConfig, DragonflyForCausalLM, DragonflyProcessor
from dragonfly.model.preprocessing import Normalisation

NAME = "dragonfly-mini"
RECIPE = 1
"""Raise it when the same parts are put together differently."""
VARIANT = "v2"
BASE_RECORD = "base.json"


def build_base(folder: Path) -> Path:
    """Write the base checkpoint, without the adapter, unless it is there.

    Args:
        folder: the cache; the checkpoint becomes `folder/dragonfly-mini-base-<digest>`.

    Raises:
        ModelError: MINI_PARTS_MISSING, a carrier package is not installed.
    """
    parts = {
        "language": digest_of(LANGUAGE.find()),
        "vision": digest_of(VISION.find()),
        "recipe": str(RECIPE),
    }
    named = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
    target = folder / f"{NAME}-base-{named[:12]}"
    if not (target / BASE_RECORD).is_file():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            _write_base(Path(scratch) / "base", parts)
            _move_into_place(Path(scratch) / "base", target)
    return target


def _write_base(folder: Path, parts: dict[str, str]) -> None:
    tokenizer = read_tokenizer(LANGUAGE.find())
    model = join_parts(
        read_language_model(LANGUAGE.find(), tokenizer), read_vision_part(VISION.find())
    )
    model.save_pretrained(folder)
    processor = DragonflyProcessor(
        tokenizer, model.layout, Normalisation(IMAGENET_MEAN, IMAGENET_STD)
    )
    processor.save_pretrained(folder)
    (folder / BASE_RECORD).write_text(json.dumps(parts, indent=2) + "\n")


def join_parts(language_model: Any, vision: dict[str, Tensor]) -> DragonflyForCausalLM:
    """Dragonfly over a language model and a vision tower, its projector new."""
    text = language_model.config
    config = DragonflyConfig(
        vocab_size=text.vocab_size,
        hidden_size=text.hidden_size,
        intermediate_size=text.intermediate_size,
        num_hidden_layers=text.num_hidden_layers,
        num_attention_heads=text.num_attention_heads,
        num_key_value_heads=text.num_key_value_heads,
        max_position_embeddings=text.max_position_embeddings,
        rms_norm_eps=text.rms_norm_eps,
        rope_theta=text.rope_parameters["rope_theta"],
        bos_token_id=text.bos_token_id,
        eos_token_id=text.eos_token_id,
        pad_token_id=text.pad_token_id,
        tie_word_embeddings=text.tie_word_embeddings,
        text_config=text,
        vision_config=vision_config(),
        variant=VARIANT,
    )
    torch.manual_seed(0)
    model = DragonflyForCausalLM(config)
    model.language_model = language_model
    model.image_encoder.vision_model.load_state_dict(vision)
    model.eval()
    return model


def digest_of(file: Path) -> str:
    """SHA-256 of a file."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _move_into_place(written: Path, target: Path) -> None:
    # Two builds may race; the first to rename wins and the other's work is dropped.
    try:
        os.rename(written, target)
    except OSError:
        if not (target / BASE_RECORD).is_file():
            shutil.rmtree(target, ignore_errors=True)
            os.rename(written, target)
