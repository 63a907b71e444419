"""Mean and standard deviation of the crops, as the vision tower was trained."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from dragonfly.model.config import DragonflyConfig
from dragonfly.model.towers import tower_folder

FILE = "preprocessor_config.json"
Channels = tuple[float, float, float]
CLIP_MEAN: Channels = (0.48145466, 0.4578275, 0.40821073)
CLIP_STD: Channels = (0.26862954, 0.26130258, 0.27577711)
PILLOW_BICUBIC = 3
CROPS_IN_CACHE = 4


@dataclass(frozen=True)
class Normalisation:
    """(value / 255 - mean) / std per channel; CLIP's figures by default."""

    mean: Channels = CLIP_MEAN
    std: Channels = CLIP_STD

    @classmethod
    def of(cls, config: DragonflyConfig) -> Normalisation:
        """Read it beside the checkpoint or its tower, else CLIP's own."""
        tower = tower_folder(config.image_encoder, config.folder)
        for folder in (config.folder, tower):
            if folder is not None and (folder / FILE).is_file():
                fields = json.loads((folder / FILE).read_text())
                mean = fields.get("image_mean", CLIP_MEAN)
                return cls(tuple(mean), tuple(fields.get("image_std", CLIP_STD)))
        return cls()

    def apply(self, crops: Tensor) -> Tensor:
        """uint8 of shape (n, h, w, 3) to float32 of shape (n, 3, h, w).

        Channels are moved while values are still one byte, on the crops' device. A few
        crops at a time stay in a processor's cache through all three passes.
        """
        mean = torch.tensor(self.mean, device=crops.device).view(1, 3, 1, 1)
        std = torch.tensor(self.std, device=crops.device).view(1, 3, 1, 1)
        scale, shift = 1 / (255 * std), mean / std
        shape = (len(crops), 3, *crops.shape[1:3])
        result = torch.empty(shape, dtype=torch.float32, device=crops.device)
        step = CROPS_IN_CACHE if crops.device.type == "cpu" else max(1, len(crops))
        for part, source in zip(result.split(step), crops.split(step), strict=True):
            part.copy_(source.permute(0, 3, 1, 2).contiguous()).mul_(scale).sub_(shift)
        return result

    def save(self, folder: str | os.PathLike[str], crop_px: int) -> None:
        """Write it as the settings of a `CLIPImageProcessor`."""
        fields = {
            "crop_size": {"height": crop_px, "width": crop_px},
            "do_center_crop": True,
            "do_convert_rgb": True,
            "do_normalize": True,
            "do_rescale": True,
            "do_resize": True,
            "image_mean": list(self.mean),
            "image_processor_type": "CLIPImageProcessor",
            "image_std": list(self.std),
            "resample": PILLOW_BICUBIC,
            "rescale_factor": 1 / 255,
            "size": {"shortest_edge": crop_px},
        }
        (Path(folder) / FILE).write_text(json.dumps(fields, indent=2) + "\n")
