"""Which crops of a picture the model sees, and how many visual tokens each becomes.

v1 is the published selection layout (CLIP ViT-B/32): one low crop, 4 mid crops, 24
high crops of which the best 3 of every 6 are kept. v2 is the pooling layout (CLIP
ViT-L/14-336): one low crop in full, 4 mid and 36 high crops average-pooled.
Source: arXiv 2406.00977, section 3, and the published checkpoints.
"""

from dataclasses import dataclass
from functools import cached_property
from math import isqrt
from typing import Literal

from dragonfly.geometry import Size

Variant = Literal["v1", "v2"]
HighCrops = Literal["none", "selected", "pooled"]
Resolution = Literal["low", "mid", "high"]


@dataclass(frozen=True)
class Grid:
    """A cut of a picture into `columns` x `rows` crops, counted row by row."""

    columns: int
    rows: int

    @property
    def count(self) -> int:
        return self.columns * self.rows

    def times(self, factor: int) -> "Grid":
        return Grid(self.columns * factor, self.rows * factor)

    def pixels(self, crop_px: int) -> Size:
        return Size(self.columns * crop_px, self.rows * crop_px)


MID_GRIDS = (Grid(2, 2), Grid(1, 4), Grid(4, 1))
V1_HIGH_GRIDS = (
    Grid(6, 4),
    Grid(4, 6),
    Grid(3, 8),
    Grid(8, 3),
    Grid(2, 12),
    Grid(12, 2),
)
MID_COUNT = 4
HIGH_PER_MID = {"selected": 6, "pooled": 9}


@dataclass(frozen=True)
class CropLayout:
    """The crops of one picture and the visual tokens of each.

    Raises:
        ValueError: the parts contradict each other.
    """

    crop_px: int
    """Side of a crop in pixels."""
    patch_tokens: int
    """ViT patches of one crop, without the class token."""
    mid: bool = True
    high: HighCrops = "selected"
    pool: int = 1
    """Side of the average-pooling window, in ViT patches, of mid and high crops."""
    top_k: int = 3
    """High crops kept for each mid crop when `high` is "selected"."""

    def __post_init__(self) -> None:
        side = isqrt(self.patch_tokens)
        if side * side != self.patch_tokens or side % self.pool:
            raise ValueError(
                f"{self.patch_tokens} patches are no square that pools by {self.pool}"
            )
        if self.high != "none" and not self.mid:
            raise ValueError("high crops need mid crops beside them")
        if self.high == "selected" and not 1 <= self.top_k <= HIGH_PER_MID["selected"]:
            raise ValueError("top_k must lie between 1 and 6")

    @classmethod
    def of_variant(cls, variant: Variant, crop_px: int, patch_px: int) -> "CropLayout":
        patches = (crop_px // patch_px) ** 2
        if variant == "v1":
            return cls(crop_px, patches)
        return cls(crop_px, patches, high="pooled", pool=4)

    @property
    def patch_side(self) -> int:
        return isqrt(self.patch_tokens)

    @property
    def low_tokens(self) -> int:
        return self.patch_tokens + 1

    @property
    def pooled_tokens(self) -> int:
        side = self.patch_side // self.pool
        return side * side + 1

    @property
    def mid_count(self) -> int:
        return MID_COUNT if self.mid else 0

    @property
    def high_candidates(self) -> int:
        return 0 if self.high == "none" else MID_COUNT * HIGH_PER_MID[self.high]

    @property
    def high_count(self) -> int:
        """High crops that become visual tokens."""
        if self.high == "selected":
            return MID_COUNT * self.top_k
        return self.high_candidates

    @property
    def crop_count(self) -> int:
        """Crops that are encoded, before any selection."""
        return 1 + self.mid_count + self.high_candidates

    @cached_property
    def tokens_per_crop(self) -> tuple[int, ...]:
        """Visual tokens of each crop that reaches the language model, in order."""
        rest = self.mid_count + self.high_count
        return (self.low_tokens, *[self.pooled_tokens] * rest)

    @property
    def visual_tokens(self) -> int:
        return sum(self.tokens_per_crop)

    @property
    def sequence_length(self) -> int:
        """Visual tokens and the newline token behind each crop."""
        return self.visual_tokens + len(self.tokens_per_crop)

    def image_token_indices(self, zoomed: int | None = None) -> list[int]:
        """The index of the visual token at each image position, -1 for a newline.

        Args:
            zoomed: mid and high crops that really exist, when a region has fewer than
                the layout has room for; None for all.
        """
        crops = self.tokens_per_crop[: None if zoomed is None else zoomed + 1]
        indices: list[int] = []
        first = 0
        for count in crops:
            indices += [*range(first, first + count), -1]
            first += count
        return indices

    def resolution_of(self, crop: int) -> Resolution:
        """The resolution of the crop at this place among the encoded crops."""
        if crop == 0:
            return "low"
        return "mid" if crop <= self.mid_count else "high"


def infer_variant(crop_px: int, patch_px: int) -> Variant:
    """The published variant that a vision tower belongs to.

    Pooling by 4 needs a patch grid that divides by 4 (24 x 24 of ViT-L/14-336); the
    7 x 7 grid of ViT-B/32 does not.
    """
    return "v2" if (crop_px // patch_px) % 4 == 0 else "v1"
