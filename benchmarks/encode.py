"""Encode all crops of a picture in one call, against one call per crop.

    python -m benchmarks.encode --tower b32
    python -m benchmarks.encode --tower l14 --crops 5

Random weights of the published CLIP shapes; speed does not depend on their values.
"""

import argparse

import torch
from torch import Tensor

from benchmarks.measure import median_ratio, print_table, time_interleaved
from dragonfly.model.precision import default_dtype
from dragonfly.model.towers import resolve_vision_config
from dragonfly.model.vision import VisionTower

TOWERS = {
    "b32": ("openai/clip-vit-base-patch32", 29),
    "l14": ("openai/clip-vit-large-patch14-336", 5),
}
TOGETHER, ONE_BY_ONE = "all crops in one call", "one call per crop"


def main() -> None:
    options = _options()
    name, default_crops = TOWERS[options.tower]
    device = torch.device(options.device)
    dtype = getattr(torch, options.dtype) if options.dtype else default_dtype(device)
    tower = VisionTower(resolve_vision_config(name, None)).eval().to(device, dtype)
    count = options.crops or default_crops
    crops = torch.rand(count, 3, *[tower.config.image_size] * 2).to(device, dtype)
    ways = {
        ONE_BY_ONE: lambda: _encode(tower, crops, chunk=1),
        TOGETHER: lambda: _encode(tower, crops, chunk=None),
    }
    seconds = time_interleaved(ways, options.rounds)
    print(f"{name}, {count} crops, {dtype}, {device}")
    print_table(seconds, "crops", count)
    ratio = median_ratio(seconds, ONE_BY_ONE, TOGETHER)
    print(f"ratio: one call is {ratio:.2f} times as fast as one call per crop")


@torch.inference_mode()
def _encode(tower: VisionTower, crops: Tensor, chunk: int | None) -> None:
    tower.max_crops_per_call = chunk
    features = tower(crops)
    # Reading a value waits for the device.
    features[0, 0, 0].item()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tower", choices=TOWERS, default="b32")
    parser.add_argument("--crops", type=int, default=0)
    parser.add_argument("--dtype", choices=("float32", "bfloat16", "float16"))
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--rounds", type=int, default=5)
    return parser.parse_args()


if __name__ == "__main__":
    main()
