"""Slide regions to crop features, through the cache."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from dragonfly.engine.feature_cache import FeatureCache
from dragonfly.geometry import Region
from dragonfly.model import DragonflyForCausalLM, DragonflyProcessor
from dragonfly.model.crops import Pixels
from dragonfly.slide import Fidelity, Slide
from dragonfly.slide.crop import read_cells

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
        self.crops_per_call: int | None = None
        """A limit for a device that is short of memory; None takes what suits it."""

    def encode_in_parts(self, crops: Pixels) -> Iterator[Tensor]:
        """Encode crops in one call on a GPU and in a few on a CPU.

        `crops_per_call` makes the calls smaller.

        Args:
            crops: uint8, shape (n, px, px, 3).

        Yields:
            features of consecutive crops, shape (m, 1 + patches, hidden).
        """
        on_cpu = self.model.device.type == "cpu"
        step = CROPS_PER_CALL_ON_CPU if on_cpu else len(crops)
        step = min(step, self.crops_per_call or step)
        for start in range(0, len(crops), step):
            yield self._encode(crops[start : start + step])

    @torch.inference_mode()
    def _encode(self, crops: Pixels) -> Tensor:
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
            read = read_cells(slide, missing, crop_px, fidelity)
            encoded = torch.cat(list(self.encode_in_parts(read)))
            for region, features in zip(missing, encoded, strict=True):
                known[region] = kept = features.clone()
                self.cache.put(keys[region], kept)
        return [found for r in regions if (found := known[r]) is not None]
