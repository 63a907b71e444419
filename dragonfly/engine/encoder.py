"""Slide regions to crop features, through the cache."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from dragonfly.engine.feature_cache import FeatureCache
from dragonfly.engine.picture import read_cells
from dragonfly.geometry import Region
from dragonfly.model import DragonflyForCausalLM, DragonflyProcessor
from dragonfly.model.crops import Pixels
from dragonfly.slide import Fidelity, Slide

CROPS_PER_CALL_ON_CPU = 16
"""A CPU gains nothing from larger calls, and smaller ones can be stopped sooner."""


class Encoder:
    """The model's vision side for one engine."""

    def __init__(
        self,
        model: DragonflyForCausalLM,
        processor: DragonflyProcessor,
        cache: FeatureCache,
    ) -> None:
        self.model = model
        self.processor = processor
        self.cache = cache
        if model.device.type == "cpu":
            model.image_encoder.max_crops_per_call = CROPS_PER_CALL_ON_CPU

    @torch.inference_mode()
    def encode(self, crops: Pixels) -> Tensor:
        """uint8 crops (n, px, px, 3) to features (n, 1 + patches, hidden)."""
        pixels = self.processor.normalise(crops, self.model.device)
        return self.model.encode_crops(pixels)

    def cells(
        self, slide: Slide, regions: Sequence[Region], fidelity: Fidelity
    ) -> list[Tensor]:
        """Features of each region read as one crop, (1 + patches, hidden) each."""
        keys = {r: (slide.digest, slide.frame, r, fidelity) for r in regions}
        known = {region: self.cache.get(key) for region, key in keys.items()}
        missing = [region for region, found in known.items() if found is None]
        if missing:
            crop_px = self.processor.layout.crop_px
            encoded = self.encode(read_cells(slide, missing, crop_px, fidelity))
            for region, features in zip(missing, encoded, strict=True):
                known[region] = kept = features.clone()
                self.cache.put(keys[region], kept)
        return [found for r in regions if (found := known[r]) is not None]
