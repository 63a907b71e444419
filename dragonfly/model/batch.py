"""Rows of token ids to one padded batch, and the published training labels."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

IGNORED_LABEL = -100
NO_VISUAL_TOKEN = -1


@dataclass(frozen=True)
class TextBatch:
    """Token ids of a batch, each of shape (batch, length)."""

    input_ids: Tensor
    attention_mask: Tensor
    image_patches_indices: Tensor | None

    def as_dict(self) -> dict[str, Tensor]:
        fields = {"input_ids": self.input_ids, "attention_mask": self.attention_mask}
        if self.image_patches_indices is not None:
            fields["image_patches_indices"] = self.image_patches_indices
        return fields


def pad_batch(
    rows: Sequence[tuple[list[int], list[int]]],
    pad_token_id: int,
    side: Literal["left", "right"],
    with_pictures: bool,
) -> TextBatch:
    """Pad rows of (token ids, visual-token indices) to the longest."""
    ids = _pad([row[0] for row in rows], pad_token_id, side)
    mask = _pad([[1] * len(row[0]) for row in rows], 0, side)
    places = _pad([row[1] for row in rows], NO_VISUAL_TOKEN, side)
    return TextBatch(ids, mask, places if with_pictures else None)


def _pad(rows: list[list[int]], value: int, side: Literal["left", "right"]) -> Tensor:
    length = max(len(row) for row in rows)
    fill = [[value] * (length - len(row)) for row in rows]
    padded = [
        f + r if side == "left" else r + f for r, f in zip(rows, fill, strict=True)
    ]
    return torch.tensor(padded, dtype=torch.int64)


def label_after_bos(
    input_ids: Tensor, begin_token_id: int, end_token_id: int
) -> tuple[Tensor, Tensor]:
    """The published training labels: everything behind the first begin token.

    That includes the padding, whose end tokens the published models learned to
    predict. A second begin token (from text that brought its own) becomes an end
    token in ids and labels, the last one only.

    Returns:
        ids and labels, each of shape (batch, length); -100 where nothing is learned.
    """
    is_begin = input_ids == begin_token_id
    behind = is_begin.cumsum(1).bool() & ~_first(is_begin)
    labels = torch.where(behind, input_ids, IGNORED_LABEL)
    surplus = _last(is_begin) & (is_begin.sum(1, keepdim=True) > 1)
    return (
        input_ids.masked_fill(surplus, end_token_id),
        labels.masked_fill(surplus, end_token_id),
    )


def _first(mask: Tensor) -> Tensor:
    return mask & (mask.cumsum(1) == 1)


def _last(mask: Tensor) -> Tensor:
    return _first(mask.flip(1)).flip(1)
