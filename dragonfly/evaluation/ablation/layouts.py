"""From a variant to the crops of one picture, or why that cannot be."""

from __future__ import annotations

from typing import Any

from dragonfly.evaluation.ablation.plan import Crops, Variant
from dragonfly.evaluation.errors import EvaluationError
from dragonfly.model.config import DragonflyConfig
from dragonfly.model.layout import CropLayout, HighCrops

HIGH: dict[Crops, HighCrops] = {
    "low": "none",
    "low+mid": "none",
    "pooled": "pooled",
    "selected": "selected",
}
OVERRIDE = ("mid", "high", "pool", "top_k")


def layout_of(variant: Variant, config: DragonflyConfig) -> CropLayout:
    """The crops that a variant gives to a model of this configuration.

    Raises:
        EvaluationError: LAYOUT_INVALID.
    """
    own = config.layout
    vision = config.resolve_vision()
    crop_px = variant.crop_px or own.crop_px
    if crop_px % vision.patch_size:
        raise _invalid(
            variant, f"crop_px must be a multiple of {vision.patch_size}, the ViT patch"
        )
    patches = (crop_px // vision.patch_size) ** 2
    try:
        layout = CropLayout(crop_px, patches, **_fields(variant, own))
    except ValueError as error:
        raise _invalid(variant, str(error)) from error
    positions = config.text_config.max_position_embeddings
    if layout.sequence_length >= positions:
        raise _invalid(
            variant,
            f"a picture takes {layout.sequence_length} places and leaves none of the "
            f"language model's {positions} for words",
        )
    return layout


def _fields(variant: Variant, own: CropLayout) -> dict[str, Any]:
    if variant.crops is None:
        return override_of(own)
    # The window is of no use to the low crop, and must not limit its size.
    pool = 1 if variant.crops == "low" else variant.pool or own.pool
    return {
        "mid": variant.crops != "low",
        "high": HIGH[variant.crops],
        "pool": pool,
        "top_k": variant.top_k or own.top_k,
    }


def override_of(layout: CropLayout) -> dict[str, Any]:
    """The `crop_layout` of a `config.json` that gives this layout."""
    return {name: getattr(layout, name) for name in OVERRIDE}


def same_crops(one: CropLayout, other: CropLayout) -> bool:
    """Whether both give the same visual tokens; fields without effect may differ."""
    return _effect(one) == _effect(other)


def _effect(layout: CropLayout) -> tuple[Any, ...]:
    kept = layout.high_count if layout.high == "selected" else None
    window = layout.pool if layout.mid else None
    return layout.crop_px, layout.patch_tokens, layout.mid, layout.high, kept, window


def _invalid(variant: Variant, why: str) -> EvaluationError:
    return EvaluationError("LAYOUT_INVALID", f"Variant “{variant.name}”: {why}.")
