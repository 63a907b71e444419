"""Which high crops v1 keeps."""

import torch

from dragonfly.model.selection import (
    score_high_crops,
    select_high_crops,
    take_crops,
)


def _scores() -> torch.Tensor:
    return torch.rand(3, 4, 6, generator=torch.Generator().manual_seed(0))


def test_each_band_of_six_keeps_three() -> None:
    kept = select_high_crops(_scores(), 3)
    assert (kept.view(3, 4, 3) // 6 == torch.arange(4).view(1, 4, 1)).all()


def test_kept_crops_ascend() -> None:
    kept = select_high_crops(_scores(), 3)
    assert (kept.diff(dim=1) > 0).all()


def test_the_best_of_each_band_are_kept() -> None:
    scores = torch.zeros(1, 4, 6)
    scores[0, :, [1, 3, 4]] = torch.tensor([5.0, 3.0, 4.0])
    kept = select_high_crops(scores, 3)
    assert kept[0].tolist() == [1, 3, 4, 7, 9, 10, 13, 15, 16, 19, 21, 22]


def test_equal_scores_are_broken_as_in_the_published_code() -> None:
    """It ranks all 24 crops for each mid crop, with -inf for those that cannot win."""
    scores = torch.zeros(1, 4, 6)
    wanted: list[int] = []
    for band in range(4):
        ranked = torch.full((24,), -torch.inf)
        ranked[6 * band : 6 * band + 6] = 0
        wanted += sorted(ranked.topk(3).indices.tolist())
    assert select_high_crops(scores, 3)[0].tolist() == wanted


def test_a_score_is_the_product_of_two_mean_embeddings() -> None:
    generator = torch.Generator().manual_seed(1)
    mid = torch.randn(2, 4, 5, 8, generator=generator)
    high = torch.randn(2, 24, 5, 8, generator=generator)
    scores = score_high_crops(mid, high)
    wanted = mid[1, 2].mean(0) @ high[1, 2 * 6 + 4].mean(0)
    torch.testing.assert_close(scores[1, 2, 4], wanted)


def test_taking_crops_follows_each_sample() -> None:
    crops = torch.arange(2 * 5).view(2, 5, 1, 1)
    taken = take_crops(crops, torch.tensor([[0, 4], [1, 2]]))
    assert taken.flatten().tolist() == [0, 4, 6, 7]
