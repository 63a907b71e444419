"""What the files of a base model tell without being loaded: sizes, for an estimate."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LORA_LAYERS = 7
"""Query, key, value, output, gate, up and down."""
VISION_HIDDEN = 1024
"""Where the configuration names a published tower without its sizes: ViT-L/14."""


@dataclass(frozen=True)
class BaseFacts:
    """Numbers of a checkpoint."""

    stored_bytes: int
    weights: int
    hidden: int
    layers: int
    inner: int
    vision_hidden: int

    def trained(self, config: dict[str, Any]) -> int:
        """How many weights a configuration changes."""
        if "language_model" in config["trained"]:
            return self.weights
        projector = (self.vision_hidden + 1) * self.hidden
        rank = int((config.get("lora") or {}).get("rank", 0))
        factors = 4 * 2 * self.hidden + 3 * (self.hidden + self.inner)
        return projector + rank * self.layers * factors


def read_base(folder: Path) -> BaseFacts | None:
    """None where this process does not see the files: the workers may be elsewhere."""
    try:
        config = json.loads((folder / "config.json").read_text())
        stored = sum(f.stat().st_size for f in folder.glob("*.safetensors"))
        text = config.get("text_config") or {}
        vision = config.get("vision_config") or {}
        item = 4 if "32" in str(config.get("dtype") or config.get("torch_dtype")) else 2
        return BaseFacts(
            stored_bytes=stored,
            weights=stored // item,
            hidden=int(text["hidden_size"]),
            layers=int(text["num_hidden_layers"]),
            inner=int(text["intermediate_size"]),
            vision_hidden=int(vision.get("hidden_size", VISION_HIDDEN)),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
