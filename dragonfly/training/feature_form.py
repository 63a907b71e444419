"""How the features of a frozen encoder are kept: pooled as far as the model pools them.

The model pools mid and high crops before it projects them, so their pooled features
are all it needs. They are spread out again when used; averaging equal values gives
them back.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dragonfly.model import DragonflyForCausalLM, DragonflyProcessor
from dragonfly.model.layout import CropLayout
from dragonfly.model.vision import pool_patches
from dragonfly.training.errors import TrainingError

Packed = NDArray[np.float16]


@dataclass(frozen=True)
class FeatureForm:
    """What the features depend on, and their shape."""

    tower: str
    """Digest of the encoder's weights and of its normalisation."""
    layout: CropLayout
    hidden: int

    @classmethod
    def of(
        cls, model: DragonflyForCausalLM, processor: DragonflyProcessor
    ) -> FeatureForm:
        hidden = model.vision_embed_tokens.in_features
        return cls(_tower_digest(model, processor), model.layout, hidden)

    @property
    def tokens(self) -> int:
        rest = self.layout.crop_count - 1
        return self.layout.low_tokens + rest * self.layout.pooled_tokens

    @property
    def digest(self) -> str:
        content = f"{self.tower}\0{self.layout}\0{self.hidden}"
        return hashlib.sha256(content.encode()).hexdigest()


def pack(features: Tensor, layout: CropLayout) -> Packed:
    """Features of one picture to what is stored.

    Args:
        features: shape (crops, 1 + patches, hidden).
        layout: the crops of the picture.

    Returns:
        float16 array of shape (tokens, hidden): the low crop in full, then the rest.

    Raises:
        TrainingError: FEATURES_OVERFLOW, a value does not fit into 16 bits.
    """
    rest = pool_patches(features[1:].float(), layout.pool)
    joined = torch.cat([features[0].float(), rest.flatten(0, 1)])
    packed: Packed = joined.to(torch.float16).cpu().numpy()
    if not np.isfinite(packed).all():
        raise TrainingError(
            "FEATURES_OVERFLOW",
            "The encoder's features do not fit into 16 bits. Train without "
            "data.features.",
        )
    return packed


def unpack(packed: Tensor, layout: CropLayout) -> Tensor:
    """Stored features of shape (batch, tokens, hidden) to what the model takes.

    Returns:
        shape (batch, crops, 1 + patches, hidden).
    """
    low = packed[:, None, : layout.low_tokens]
    rest = packed[:, layout.low_tokens :].unflatten(1, (-1, layout.pooled_tokens))
    if layout.pool > 1:
        rest = _spread(rest, layout)
    return torch.cat([low, rest], dim=1)


def _spread(rest: Tensor, layout: CropLayout) -> Tensor:
    side = layout.patch_side // layout.pool
    grid = rest[:, :, 1:].unflatten(2, (side, side))
    for axis in (2, 3):
        grid = grid.repeat_interleave(layout.pool, dim=axis)
    return torch.cat([rest[:, :, :1], grid.flatten(2, 3)], dim=2)


def _tower_digest(model: DragonflyForCausalLM, processor: DragonflyProcessor) -> str:
    summed = hashlib.sha256(repr(processor.normalisation).encode())
    for name, tensor in sorted(model.image_encoder.state_dict().items()):
        summed.update(name.encode())
        summed.update(tensor.detach().cpu().float().contiguous().numpy().tobytes())
    return summed.hexdigest()
