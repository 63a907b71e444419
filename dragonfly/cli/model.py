"""Which model the command line uses, and loading it."""

from __future__ import annotations

import torch
from rich.console import Console

from dragonfly.cli.settings import MODEL_VARIABLE, model_from_environment
from dragonfly.engine import Engine
from dragonfly.errors import ModelError


def load_engine(
    path: str | None, device: str | None, dtype: torch.dtype | None, notices: Console
) -> Engine:
    """Load the named checkpoint, or the one of the environment.

    Raises:
        ModelError: MODEL_NOT_CHOSEN, or the checkpoint cannot be loaded.
    """
    chosen = path or model_from_environment()
    if chosen is None:
        raise ModelError(
            "MODEL_NOT_CHOSEN",
            "No model is chosen. Name the folder of a Dragonfly checkpoint (v1 or v2, "
            "with config.json, tokenizer.json and model.safetensors, for example a "
            "copy of togethercomputer/Llama-3.1-8B-Dragonfly-Med-v2) with --model or "
            f"in {MODEL_VARIABLE}.",
        )
    with notices.status("Loading the model …"):
        return Engine.load(chosen, device, dtype)
