"""The published zoom-in selection of high crops inside one picture (v1).

For each mid crop the score of a high crop is the dot product of the two mean
projected embeddings. Only high crops with raster index in [6i, 6i + 6) compete for
mid crop i, which is a band of rows and not the mid crop's quadrant: the published
weights were trained so, and a checkpoint-compatible forward pass must repeat it.
"""

import torch
from torch import Tensor


def score_high_crops(mid: Tensor, high: Tensor) -> Tensor:
    """Score each high crop against the mid crop it competes for.

    Args:
        mid: projected embeddings, shape (batch, mids, tokens, hidden).
        high: projected embeddings, shape (batch, highs, tokens, hidden).

    Returns:
        shape (batch, mids, highs / mids).
    """
    means = high.mean(dim=2).unflatten(1, (mid.shape[1], -1))
    return torch.einsum("bmd,bmcd->bmc", mid.mean(dim=2), means)


def select_high_crops(scores: Tensor, top_k: int) -> Tensor:
    """Indices of the high crops to keep.

    Args:
        scores: shape (batch, mids, highs / mids).
        top_k: how many high crops each mid crop keeps.

    Returns:
        int64 tensor of shape (batch, mids * top_k), ascending in each row.
    """
    samples, mids, band = scores.shape
    # Blank crops score equally, and which of equals `topk` takes depends on how many
    # it is given; the published code ranks all high crops, with -inf outside the band.
    ranked = scores.new_full((samples, mids, mids, band), -torch.inf)
    ranked.diagonal(dim1=1, dim2=2).copy_(scores.transpose(1, 2))
    chosen = ranked.flatten(2).topk(top_k, dim=-1).indices
    return chosen.flatten(1).sort(dim=-1).values


def take_crops(crops: Tensor, indices: Tensor) -> Tensor:
    """Pick crops of shape (batch, n, tokens, hidden) by indices of shape (batch, k)."""
    index = indices[:, :, None, None].expand(-1, -1, *crops.shape[2:])
    return crops.gather(1, index)
