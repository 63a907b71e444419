"""Class tokens of pictures and of crops, and sums over patch tokens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from dragonfly.geometry import Region
from dragonfly.mini.relevance_data import share
from dragonfly.mini.starting import stored
from dragonfly.mini.synthetic import Truth
from dragonfly.model.layout import CropLayout
from dragonfly.training.example import SlideRegion
from dragonfly.training.feature_store import FeatureStore
from dragonfly.training.pictures import PictureKey, key_of

CROP_WEIGHT = 5.0
"""Of a crop that a descent chose, beside a whole picture's weight of one."""
HELD = 0.3
"""A crop holds a target if they share this much of the smaller of the two."""
EVERY_PATCH = 8
"""Of so many patch tokens, one is summed."""
TARGET_WORDS: Mapping[str, str] = {
    "mitoses": "mitotic",
    "tumour": "tumour",
    "lymphocytes": "lymphocytes",
    "rods": "rod",
}


@dataclass(frozen=True)
class ClassTokens:
    """Rows of features with a one at the end.

    Attributes:
        tokens: shape (rows, features + 1), float64.
        weights: of each row, shape (rows,).
        groups: the picture or slide of each row, as digests.
    """

    tokens: Tensor
    weights: Tensor
    groups: Sequence[str]


class Gathered:
    """Class tokens as they come, and the sums that keep patch tokens silent."""

    def __init__(self, layout: CropLayout, hidden: int) -> None:
        self.layout = layout
        self.patches = torch.zeros(hidden + 1, hidden + 1, dtype=torch.float64)
        self.rows_of: dict[PictureKey, list[int]] = {}
        self.held: dict[str, list[float]] = {word: [] for word in TARGET_WORDS.values()}
        self.crop_rows: list[int] = []
        self._tokens: list[Tensor] = []
        self._weights: list[float] = []
        self._groups: list[str] = []

    def add_picture(self, key: PictureKey, features: Tensor) -> None:
        """All class tokens of one picture: the other crops together weigh as the low.

        Args:
            features: as stored, shape (tokens, hidden).
        """
        low, rest = self._split(features)
        self._add_patches(low, rest)
        tokens = torch.cat([low[:1], rest[:, 0]])
        weights = [1.0] + [1 / len(rest)] * len(rest)
        self.rows_of[key] = [
            self._add(token, weight, key.digest)
            for token, weight in zip(tokens, weights, strict=True)
        ]

    def add_descent(
        self, picture: SlideRegion, features: Tensor, truth: Truth, seen: set[Region]
    ) -> None:
        """The crops of one descent that were not seen before, and the overview."""
        low, rest = self._split(features)
        if picture.region not in seen:
            self._add_patches(low, rest)
        tokens = torch.cat([low[:1], rest[:, 0]])
        regions = (picture.region, *picture.zoomed)
        for region, token in zip(regions, tokens, strict=True):
            if region in seen:
                continue
            seen.add(region)
            self.crop_rows.append(self._add(token, CROP_WEIGHT, picture.slide))
            held = set() if region == picture.region else targets_in(region, truth)
            for kind, word in TARGET_WORDS.items():
                self.held[word].append(float(kind in held))

    def done(self) -> ClassTokens:
        """Everything that was added."""
        return ClassTokens(
            torch.stack(self._tokens),
            torch.tensor(self._weights, dtype=torch.float64),
            self._groups,
        )

    def _split(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """The low crop's tokens, and the others' by crop."""
        low = self.layout.low_tokens
        rest = features[low:].unflatten(0, (-1, self.layout.pooled_tokens))
        return features[:low], rest

    def _add_patches(self, low: Tensor, rest: Tensor) -> None:
        found = torch.cat([low[1:], rest[:, 1:].flatten(0, 1)])[::EVERY_PATCH]
        found = with_one(found)
        self.patches += found.T @ found

    def _add(self, token: Tensor, weight: float, group: str) -> int:
        self._tokens.append(with_one(token))
        self._weights.append(weight)
        self._groups.append(group)
        return len(self._tokens) - 1


def with_one(features: Tensor) -> Tensor:
    """A one behind each row, float64."""
    one = torch.ones(*features.shape[:-1], 1, dtype=torch.float64)
    return torch.cat([features.double(), one], dim=-1)


def targets_in(region: Region, truth: Truth) -> set[str]:
    """Kinds of the targets that a crop holds."""
    targets = truth.targets
    return {t.kind for t in targets if share(region, t.region) > HELD}


def gather(
    pictures: Iterable[PictureKey],
    descents: Iterable[tuple[SlideRegion, Truth]],
    store: FeatureStore,
) -> Gathered:
    """The stored features of pictures, and of descents into slides of known truth.

    Raises:
        KeyError: the store lacks one.
    """
    gathered = Gathered(store.form.layout, store.form.hidden)
    for key in pictures:
        gathered.add_picture(key, stored(store, key))
    seen: dict[str, set[Region]] = {}
    for picture, truth in descents:
        features = stored(store, key_of(picture))
        looked_at = seen.setdefault(picture.slide, set())
        gathered.add_descent(picture, features, truth, looked_at)
    return gathered
