"""The vision tower: crops to features, stopping at the second-to-last layer.

The tower's tensors keep their published names (`vision_model.*`), which the
library's own class dropped in transformers 5; so the module is put together here
from the library's embeddings and encoder.
"""

from collections.abc import Callable
from math import isqrt
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812
from transformers import PreTrainedConfig
from transformers import initialization as init
from transformers.models.clip.configuration_clip import CLIPVisionConfig
from transformers.models.clip.modeling_clip import CLIPEncoder, CLIPVisionEmbeddings

from dragonfly.errors import ModelError
from dragonfly.model.dinov2 import Dinov2Transformer


class ClipTransformer(nn.Module):
    """The CLIP vision transformer, with the published names of its parts."""

    def __init__(self, config: CLIPVisionConfig) -> None:
        super().__init__()
        self.embeddings = CLIPVisionEmbeddings(config)
        self.pre_layrnorm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)
        self.encoder = CLIPEncoder(config)
        self.post_layernorm = nn.LayerNorm(
            config.hidden_size, eps=config.layer_norm_eps
        )

    def forward(self, pixel_values: Tensor) -> Tensor:
        """Hidden state before the last layer, shape (n, 1 + patches, hidden)."""
        hidden = self.pre_layrnorm(self.embeddings(pixel_values))
        for layer in self.encoder.layers[:-1]:
            hidden = layer(hidden, None)
        return cast(Tensor, hidden)


TRANSFORMERS: dict[str, Callable[[PreTrainedConfig], nn.Module]] = {
    "clip_vision_model": ClipTransformer,
    "dinov2": Dinov2Transformer,
}


def _transformer(config: PreTrainedConfig) -> nn.Module:
    if config.model_type not in TRANSFORMERS:
        raise ModelError(
            "VISION_TOWER_UNSUPPORTED",
            f"The vision tower is of type “{config.model_type}”; only "
            f"{', '.join(TRANSFORMERS)} are supported.",
        )
    return TRANSFORMERS[config.model_type](config)


class VisionTower(nn.Module):
    """An image encoder chosen by the `model_type` of its configuration.

    Raises:
        ModelError: VISION_TOWER_UNSUPPORTED, no tower of that type is known.
    """

    def __init__(self, config: PreTrainedConfig) -> None:
        super().__init__()
        if config._attn_implementation is None:
            config._attn_implementation = "sdpa"
        self.config = config
        self.vision_model = _transformer(config)
        self.max_crops_per_call: int | None = None
        """Encode at most this many crops at once; None encodes all in one call."""

    def forward(self, pixel_values: Tensor) -> Tensor:
        """Features with the class token first, before pooling and projection.

        Args:
            pixel_values: normalised crops, shape (n, 3, crop_px, crop_px).

        Returns:
            shape (n, 1 + patches, hidden).
        """
        chunk = self.max_crops_per_call or len(pixel_values)
        parts = [self.vision_model(part) for part in pixel_values.split(chunk)]
        return parts[0] if len(parts) == 1 else torch.cat(parts)

    @torch.no_grad()
    def initialise(self, std: float) -> None:
        """Random weights for a new model, of a size that keeps features alive."""
        for name, parameter in self.named_parameters():
            if parameter.ndim > 1 or name.endswith("class_embedding"):
                init.normal_(parameter, std=std)
            elif name.endswith("lambda1"):
                init.ones_(parameter)


def restore_positions(embeddings: CLIPVisionEmbeddings) -> None:
    """Fill the position buffer, which no checkpoint holds and meta loading loses."""
    init.copy_(embeddings.position_ids, torch.arange(embeddings.num_positions))


def pool_patches(features: Tensor, window: int) -> Tensor:
    """Average ViT patches over `window` x `window`, keeping the class token.

    Args:
        features: shape (n, 1 + side * side, hidden).
        window: side of the window; 1 changes nothing.

    Returns:
        shape (n, 1 + (side // window) ** 2, hidden).
    """
    if window == 1:
        return features
    class_token, patches = features[:, :1], features[:, 1:]
    side = isqrt(patches.shape[1])
    grid = patches.transpose(1, 2).unflatten(2, (side, side))
    pooled = F.avg_pool2d(grid, window).flatten(2).transpose(1, 2)
    return torch.cat([class_token, pooled], dim=1)
