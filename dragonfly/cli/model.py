"""Which model the command line uses, and loading it."""

from __future__ import annotations

from pathlib import Path

import torch
from rich.console import Console

from dragonfly.cli.settings import model_from_environment
from dragonfly.engine import Engine
from dragonfly.mini.build import build_mini


def load_engine(
    path: str | None, device: str | None, dtype: torch.dtype | None, notices: Console
) -> Engine:
    """Load the named checkpoint, that of the environment, or else Dragonfly-mini.

    Raises:
        ModelError: the checkpoint cannot be loaded, or the parts of Dragonfly-mini
            are not installed.
    """
    with notices.status("Loading the model …"):
        return Engine.load(chosen_model(path), device, dtype)


def chosen_model(path: str | None) -> Path:
    """The folder of the checkpoint; Dragonfly-mini is put together where needed.

    Raises:
        ModelError: MINI_PARTS_MISSING and the like.
    """
    named = path or model_from_environment()
    return Path(named) if named else build_mini()
