"""Whether a picture is of a kind that the model was trained on.

A model answers any picture fluently. Where its maker measured what the features of
training pictures look like, the engine says that it does not know instead of guessing.

The overview's features (class token and mean patch) are compared with the mean of each
kind of training picture. Directions in which pictures of one kind differ among
themselves do not count; what is left over is the distance (a residual, as in
ViM, arXiv 2203.10807). It knows nothing of the question.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

FILE = "familiarity.safetensors"


@dataclass(frozen=True)
class Familiarity:
    """What the overviews of training pictures look like.

    `centres` has shape (kinds, 2 hidden), `directions` (2 hidden, ignored), its columns
    orthonormal; a distance beyond `threshold` is unfamiliar.
    """

    centres: Tensor
    directions: Tensor
    threshold: float

    @classmethod
    def load(cls, folder: Path) -> Familiarity | None:
        """That of a checkpoint, or None where nothing was measured."""
        file = folder / FILE
        if not file.is_file():
            return None
        found = {name: t.float() for name, t in load_file(file).items()}
        return cls(found["centres"], found["directions"], float(found["threshold"]))

    def save(self, folder: Path) -> None:
        tensors = {
            "centres": self.centres.half(),
            "directions": self.directions.half(),
            "threshold": torch.tensor(self.threshold),
        }
        save_file({n: t.contiguous() for n, t in tensors.items()}, folder / FILE)

    def distance(self, low: Tensor) -> float:
        """Of an overview's features, (1 + patches, hidden), to the nearest kind."""
        apart = signature(low) - self.centres
        ignored = apart @ self.directions
        rest = apart.square().sum(dim=1) - ignored.square().sum(dim=1)
        return float(rest.clamp(min=0).min().sqrt())

    def knows(self, low: Tensor) -> bool:
        """Whether a picture with this overview may be answered."""
        return self.distance(low) <= self.threshold


def signature(low: Tensor) -> Tensor:
    """One vector of an overview, float32 on the CPU, shape (2 hidden,)."""
    low = low.float().cpu()
    return torch.cat([low[0], low[1:].mean(dim=0)])
