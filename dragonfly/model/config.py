"""`DragonflyConfig`: the published `config.json`, read and written unchanged.

Beside the published fields it may hold `vision_config` (the tower's own
configuration), `variant` and `crop_layout`, inferred when absent, and a `title`.
"""

from __future__ import annotations

import os
from copy import deepcopy
from pathlib import Path
from typing import Any, Self, cast

from transformers import CONFIG_MAPPING, PreTrainedConfig

from dragonfly.model.layout import CropLayout, Variant, infer_variant
from dragonfly.model.towers import resolve_vision_config

TEXT_FIELDS = (
    "vocab_size",
    "hidden_size",
    "intermediate_size",
    "num_hidden_layers",
    "num_attention_heads",
    "num_key_value_heads",
    "hidden_act",
    "max_position_embeddings",
    "initializer_range",
    "rms_norm_eps",
    "use_cache",
    "pad_token_id",
    "bos_token_id",
    "eos_token_id",
    "tie_word_embeddings",
    "rope_theta",
    "attention_dropout",
)
ROPE_DEFAULT = "default"
LIBRARY_FIELDS = set(PreTrainedConfig().to_dict()) - {
    "architectures",
    "dtype",
    "model_type",
    "transformers_version",
}


class DragonflyConfig(PreTrainedConfig):
    """Sizes of the language model, and which vision tower and crop layout it uses.

    Raises:
        ModelError: the vision tower's configuration cannot be found
            (VISION_TOWER_MISSING) when `vision_config` is first needed.
    """

    model_type = "dragonfly"
    keys_to_ignore_at_inference = ("past_key_values", "selected_crops")

    vocab_size: int = 128256
    hidden_size: int = 4096
    intermediate_size: int = 14336
    num_hidden_layers: int = 32
    num_attention_heads: int = 32
    num_key_value_heads: int = 8
    hidden_act: str = "silu"
    max_position_embeddings: int = 8192
    initializer_range: float = 0.02
    rms_norm_eps: float = 1e-5
    use_cache: bool = True
    pad_token_id: int | None = None
    bos_token_id: int | None = 128000
    eos_token_id: int | list[int] | None = 128001
    tie_word_embeddings: bool = False
    rope_theta: float = 500000.0
    rope_scaling: dict[str, Any] | None = None
    attention_dropout: float = 0.0
    text_config: Any = None
    image_encoder: str | None = None
    image_size: int = 300
    patch_size: int = 30
    num_channels: int = 3
    text_pretrained_model_name_or_path: str | None = None
    vision_config: Any = None
    variant: Variant | None = None
    crop_layout: dict[str, Any] | None = None
    title: str | None = None
    """What the model is called and what it is, for people."""

    def __post_init__(self, **kwargs: Any) -> None:
        if not isinstance(self.text_config, PreTrainedConfig):
            self.text_config = _text_config(self)
        if isinstance(self.vision_config, dict):
            self.vision_config = _config_of(self.vision_config, "clip_vision_model")
        self._folder: str | None = None
        super().__post_init__(**kwargs)

    @classmethod
    def from_pretrained(
        cls, pretrained_model_name_or_path: str | os.PathLike[str], **kwargs: Any
    ) -> Self:
        loaded = super().from_pretrained(pretrained_model_name_or_path, **kwargs)
        config = loaded[0] if isinstance(loaded, tuple) else loaded
        config._folder = str(pretrained_model_name_or_path)
        config.resolve_vision()
        return cast(Self, loaded)

    def resolve_vision(self) -> PreTrainedConfig:
        """The vision tower's configuration, found once and then kept."""
        if self.vision_config is None:
            self.vision_config = resolve_vision_config(self.image_encoder, self.folder)
        return cast(PreTrainedConfig, self.vision_config)

    @property
    def folder(self) -> Path | None:
        """The folder that this configuration was read from."""
        return Path(self._folder) if self._folder else None

    @property
    def layout(self) -> CropLayout:
        """The crops and visual tokens of one picture."""
        vision = self.resolve_vision()
        sizes = (int(vision.image_size), int(vision.patch_size))
        if self.crop_layout is not None:
            patches = (sizes[0] // sizes[1]) ** 2
            return CropLayout(sizes[0], patches, **self.crop_layout)
        return CropLayout.of_variant(self.variant or infer_variant(*sizes), *sizes)

    def to_dict(self) -> dict[str, Any]:
        """The fields as the public code writes and reads them."""
        fields = _without_library_fields(super().to_dict())
        fields["text_config"] = published_text_fields(self.text_config)
        if self.vision_config is not None:
            vision = self.vision_config.to_dict()
            fields["vision_config"] = _without_library_fields(vision)
        ours = ("variant", "crop_layout", "vision_config", "title")
        return {k: v for k, v in fields.items() if not (k in ours and v is None)}

    def to_diff_dict(self) -> dict[str, Any]:
        return self.to_dict()


def published_text_fields(config: PreTrainedConfig) -> dict[str, Any]:
    """Write the rotary parameters under the names that readers before 5.0 know."""
    fields = _without_library_fields(config.to_dict())
    rope = dict(fields.pop("rope_parameters", None) or {})
    if "rope_theta" in rope:
        fields["rope_theta"] = rope.pop("rope_theta")
    if rope.get("rope_type", ROPE_DEFAULT) != ROPE_DEFAULT:
        fields["rope_scaling"] = rope
    return {key: value for key, value in fields.items() if value is not None}


def _without_library_fields(fields: dict[str, Any]) -> dict[str, Any]:
    dtype = fields.pop("dtype", None)
    kept = {
        key: value
        for key, value in fields.items()
        if key not in LIBRARY_FIELDS and not key.startswith("_")
    }
    if dtype is not None:
        kept["torch_dtype"] = str(dtype).removeprefix("torch.")
    return kept


def _text_config(config: DragonflyConfig) -> PreTrainedConfig:
    if config.text_config is not None:
        return _config_of(config.text_config, "llama")
    fields = {name: getattr(config, name) for name in TEXT_FIELDS}
    return _config_of(fields, "llama")


def _config_of(fields: dict[str, Any], model_type: str) -> PreTrainedConfig:
    known = deepcopy(fields)  # the library writes into nested fields
    kind = CONFIG_MAPPING[known.pop("model_type", model_type)]
    return cast(PreTrainedConfig, kind(**known))
