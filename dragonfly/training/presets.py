"""Hyperparameters under a name: the published stages, and ours.

The published figures are those of the public training scripts and the defaults of the
public training program. Batch sizes there are examples per device times 8 devices.
"""

from copy import deepcopy
from typing import Any

from dragonfly.training.errors import TrainingError

_PUBLISHED_OPTIMIZER = {
    "schedule": "cosine",
    "warmup_ratio": 0.01,
    "weight_decay": 0.1,
    "decayed": "published",
    "clip_norm": 1.0,
}
_PUBLISHED_DATA = {"labels_from": "after_bos", "text_every": 10, "math_every": 50}
_WHOLE_MODEL = ["encoder", "projector", "language_model"]

PRESETS: dict[str, dict[str, Any]] = {
    "stage1": {
        "trained": ["projector"],
        "data": _PUBLISHED_DATA | {"max_length": 4096},
        "optimizer": _PUBLISHED_OPTIMIZER
        | {
            "batch_size": 32,
            "micro_batch_size": 4,
            "steps": 17_400,
            "learning_rate": 2e-5,
        },
        "run": {"save_every": 5_000, "keep_last": 3, "seed": 42},
    },
    "stage2": {
        "trained": _WHOLE_MODEL,
        "data": _PUBLISHED_DATA | {"max_length": 4096},
        "optimizer": _PUBLISHED_OPTIMIZER
        | {
            "batch_size": 8,
            "micro_batch_size": 1,
            "steps": 507_798,
            "learning_rate": 2e-6,
        },
        "run": {
            "save_every": 10_000,
            "keep_last": 3,
            "seed": 42,
            "gradient_checkpointing": True,
        },
    },
    # No script of the biomedical stage is public: stage 2's figures, and epochs that
    # the user's file has to name.
    "biomedical": {
        "trained": _WHOLE_MODEL,
        "data": _PUBLISHED_DATA | {"max_length": 4096},
        "optimizer": _PUBLISHED_OPTIMIZER
        | {"batch_size": 8, "micro_batch_size": 1, "learning_rate": 2e-6},
        "run": {"save_every": 10_000, "seed": 42, "gradient_checkpointing": True},
    },
    "finetune": {
        "trained": ["projector"],
        "lora": {},
        "data": {"labels_from": "answer"},
        "optimizer": {
            "batch_size": 16,
            "micro_batch_size": 1,
            "learning_rate": 1e-4,
            "warmup_ratio": 0.03,
            "weight_decay": 0.0,
        },
        "run": {"save_every": 200, "gradient_checkpointing": True},
    },
    # A small model of pretrained parts whose projector and special tokens are new.
    "adapter": {
        "trained": ["projector"],
        "lora": {
            "new_tokens": [
                "<|begin_of_text|>",
                "<|end_of_text|>",
                "<|start_header_id|>",
                "<|end_header_id|>",
                "<|eot_id|>",
                "<|reserved_special_token_0|>",
                "<|reserved_special_token_1|>",
            ]
        },
        "data": {"labels_from": "answer"},
        "optimizer": {
            "batch_size": 16,
            "micro_batch_size": 8,
            "learning_rate": 5e-4,
            "warmup_ratio": 0.03,
            "weight_decay": 0.0,
        },
        "run": {"save_every": 200},
    },
}


def preset_fields(name: str) -> dict[str, Any]:
    """The fields that a preset gives; a run's own fields go before them.

    Raises:
        TrainingError: PRESET_UNKNOWN.
    """
    if name not in PRESETS:
        raise TrainingError(
            "PRESET_UNKNOWN", f"There is no preset “{name}”: {', '.join(PRESETS)}."
        )
    return deepcopy(PRESETS[name])
