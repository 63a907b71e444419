"""The engine that answers: the model version asked for, loaded once and kept.

One engine fits a device, so the old one is let go before the new one is loaded.
"""

from __future__ import annotations

import gc
import logging
from pathlib import Path

import torch

from dragonfly.engine import Engine
from dragonfly.errors import ModelError
from dragonfly.model.card import read_card
from dragonfly.model.digest import checkpoint_digest

log = logging.getLogger(__name__)


class EngineCache:
    """Holds one engine, whose checkpoint has the digest that was asked for.

    Args:
        default: folder of the default checkpoint; None: Dragonfly-mini.
        device: None takes a GPU where there is one.
    """

    def __init__(self, default: Path | None, device: str | None = None) -> None:
        self._default = default
        self._is_mini = default is None
        self._device = device
        self._engine: Engine | None = None
        self._folder: Path | None = None

    @property
    def card(self) -> str:
        """What the makers of the loaded checkpoint write of it."""
        if self._folder is None:
            return ""
        is_mini = self._is_mini and self._folder == self._default
        return read_card(self._folder) or (_mini_card() if is_mini else "")

    @property
    def folder(self) -> Path | None:
        """Folder of the checkpoint that is loaded."""
        return self._folder

    def get(self, digest: str | None = None, path: str | None = None) -> Engine:
        """The engine of this checkpoint; the default one when none is named.

        Raises:
            ModelError: MODEL_NOT_LOADED, MODEL_MISMATCH, or as `Engine.load`.
        """
        if self._engine is not None and digest == self._engine.digest:
            return self._engine
        folder = self._folder_of(digest, path)
        if self._engine is None or folder != self._folder:
            self._swap(folder)
        if self._engine is None:
            raise AssertionError("a swap loads an engine or raises")
        return self._engine

    def clear(self) -> None:
        """Let the engine go, with the memory that it holds."""
        self._engine = self._folder = None
        gc.collect()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()

    def _swap(self, folder: Path) -> None:
        self.clear()
        self._engine = Engine.load(folder, self._device)
        self._folder = folder
        log.info("Loaded %s (%s).", self._engine.name, self._engine.digest[:12])

    def _folder_of(self, digest: str | None, path: str | None) -> Path:
        """The first folder with this digest: the one named, then the default."""
        named = [Path(path)] if path and Path(path).is_dir() else []
        if digest is None:
            return named[0] if named else self._default_folder()
        for folder in (*named, self._default_folder()):
            if checkpoint_digest(folder) == digest:
                return folder
        if named:
            raise ModelError(
                "MODEL_MISMATCH",
                "The model's files are not those that were recorded under this "
                "version. Ask an administrator to restore or to replace it.",
            )
        raise ModelError(
            "MODEL_NOT_LOADED",
            "This worker cannot find the model version that was asked for. Ask an "
            "administrator, or ask again with another version.",
        )

    def _default_folder(self) -> Path:
        if self._default is None:
            self._default = _dragonfly_mini()
        return self._default


def _dragonfly_mini() -> Path:
    # Loaded late: a worker with a checkpoint of its own needs none of its parts.
    try:
        from dragonfly.mini.build import build_mini
    except ImportError as error:
        raise ModelError(
            "MODEL_NOT_LOADED",
            "Dragonfly-mini is not installed with this worker. Set DRAGONFLY_MODEL to "
            "the folder of a checkpoint.",
        ) from error
    return build_mini()


def _mini_card() -> str:
    from dragonfly.mini.shipped import SHIPPED

    return read_card(SHIPPED)
