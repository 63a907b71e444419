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
KNOWN_SHARE = 0.98
"""Of held-back pictures of a kind, those that must count as familiar."""


@dataclass(frozen=True)
class Familiarity:
    """What the overviews of training pictures look like.

    `centres` has shape (kinds, 2 hidden), `directions` (2 hidden, ignored), its columns
    orthonormal; a distance beyond `threshold` is unfamiliar. Distances to a kind are
    divided by its `scale`, shape (kinds,): how much more widely than the maker's own
    its pictures are spread.
    """

    centres: Tensor
    directions: Tensor
    threshold: float
    scale: Tensor | None = None
    """None: 1 for each kind."""

    @classmethod
    def load(cls, folder: Path) -> Familiarity | None:
        """That of a checkpoint, or None where nothing was measured."""
        file = folder / FILE
        if not file.is_file():
            return None
        found = {name: t.float() for name, t in load_file(file).items()}
        threshold = float(found["threshold"])
        return cls(found["centres"], found["directions"], threshold, found.get("scale"))

    def save(self, folder: Path) -> None:
        tensors = {
            "centres": self.centres.half(),
            "directions": self.directions.half(),
            "threshold": torch.tensor(self.threshold),
        }
        if self.scale is not None:
            tensors["scale"] = self.scale
        save_file({n: t.contiguous() for n, t in tensors.items()}, folder / FILE)

    def distance(self, low: Tensor) -> float:
        """Of an overview's features, (1 + patches, hidden), to the nearest kind."""
        apart = self._apart(signature(low), self.centres)
        return float((apart if self.scale is None else apart / self.scale).min())

    def knows(self, low: Tensor) -> bool:
        """Whether a picture with this overview may be answered."""
        return self.distance(low) <= self.threshold

    def widened(self, trained: Tensor, held_back: Tensor) -> Familiarity:
        """With one kind more, whose held-back pictures are as familiar as the others.

        Args:
            trained: signatures of pictures that were learned from, (n, 2 hidden).
            held_back: of others of the same kind.
        """
        centre = trained.mean(dim=0).half().float()
        reached = float(self._apart(held_back, centre).quantile(KNOWN_SHARE))
        # Infinite or zero thresholds make no difference between kinds.
        is_wider = 0 < self.threshold < reached
        own = torch.tensor([reached / self.threshold if is_wider else 1.0])
        scale = torch.ones(len(self.centres)) if self.scale is None else self.scale
        return Familiarity(
            torch.cat([self.centres, centre[None]]),
            self.directions,
            self.threshold,
            torch.cat([scale, own]),
        )

    def _apart(self, signed: Tensor, centres: Tensor) -> Tensor:
        """Distances outside of the directions that do not count."""
        apart = signed - centres
        ignored = apart @ self.directions
        rest = apart.square().sum(dim=1) - ignored.square().sum(dim=1)
        return rest.clamp(min=0).sqrt()


def signature(low: Tensor) -> Tensor:
    """One vector of an overview, float32 on the CPU, shape (2 hidden,)."""
    low = low.float().cpu()
    return torch.cat([low[0], low[1:].mean(dim=0)])
