"""Where the vision tower of a checkpoint is found, without asking any hub.

Order: `vision_config` inside `config.json` (the caller looks there first), a path
relative to the checkpoint, the two published CLIP towers, the local hub cache.
"""

from pathlib import Path
from typing import Any, cast

from huggingface_hub import try_to_load_from_cache
from transformers import CONFIG_MAPPING, AutoConfig, PreTrainedConfig

from dragonfly.errors import ModelError

PUBLISHED_TOWERS: dict[str, dict[str, Any]] = {
    "openai/clip-vit-base-patch32": {
        "hidden_size": 768,
        "intermediate_size": 3072,
        "num_attention_heads": 12,
        "num_hidden_layers": 12,
        "image_size": 224,
        "patch_size": 32,
        "projection_dim": 512,
    },
    "openai/clip-vit-large-patch14-336": {
        "hidden_size": 1024,
        "intermediate_size": 4096,
        "num_attention_heads": 16,
        "num_hidden_layers": 24,
        "image_size": 336,
        "patch_size": 14,
        "projection_dim": 768,
    },
}


def resolve_vision_config(
    image_encoder: str | None, folder: Path | None
) -> PreTrainedConfig:
    """The configuration of the tower that `config.json` names.

    Args:
        image_encoder: the name or relative path in `config.json`.
        folder: the checkpoint's folder, where it has one.

    Raises:
        ModelError: VISION_TOWER_MISSING, the tower is in none of the places.
    """
    found = tower_folder(image_encoder, folder)
    if found is not None:
        return _vision_part(AutoConfig.from_pretrained(found))
    if image_encoder in PUBLISHED_TOWERS:
        fields = PUBLISHED_TOWERS[image_encoder]
        return cast(PreTrainedConfig, CONFIG_MAPPING["clip_vision_model"](**fields))
    cached = (
        try_to_load_from_cache(image_encoder, "config.json") if image_encoder else None
    )
    if isinstance(cached, str):
        return _vision_part(AutoConfig.from_pretrained(Path(cached).parent))
    raise ModelError(
        "VISION_TOWER_MISSING",
        f"The checkpoint names the vision tower “{image_encoder}”, which is neither "
        "beside it nor in the local cache. Put the tower's folder beside config.json.",
    )


def tower_folder(image_encoder: str | None, folder: Path | None) -> Path | None:
    """The tower's own folder where `image_encoder` is a path that exists."""
    if not image_encoder:
        return None
    bases = [folder] if folder is not None else []
    for candidate in [*(base / image_encoder for base in bases), Path(image_encoder)]:
        if (candidate / "config.json").is_file():
            return candidate
    return None


def _vision_part(config: PreTrainedConfig) -> PreTrainedConfig:
    return cast(PreTrainedConfig, getattr(config, "vision_config", config))
