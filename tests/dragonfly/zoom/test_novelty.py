"""Novelty scores what differs from its surroundings."""

import torch

from dragonfly.zoom.novelty import novelty, pick_diverse


def crowd_with_a_stranger(count: int = 20) -> torch.Tensor:
    torch.manual_seed(0)
    crowd = torch.tensor([1.0, 0.0, 0.0]) + 0.01 * torch.randn(count, 3)
    return torch.cat([crowd, torch.tensor([[0.0, 1.0, 0.0]])])


def test_the_stranger_scores_highest() -> None:
    scores = novelty(crowd_with_a_stranger())
    assert int(scores.argmax()) == 20
    assert scores[20] > 0.9
    assert scores[:20].max() < 0.01


def test_cells_that_are_all_alike_score_nothing() -> None:
    assert novelty(torch.ones(6, 4)).abs().max() < 1e-6


def test_a_single_cell_has_nothing_to_differ_from() -> None:
    assert novelty(torch.ones(1, 4)).tolist() == [0.0]


def test_a_pair_of_strangers_still_stands_out() -> None:
    features = torch.cat([crowd_with_a_stranger(), torch.tensor([[0.0, 1.0, 0.01]])])
    assert set(novelty(features).topk(2).indices.tolist()) == {20, 21}


def test_picks_differ_from_each_other() -> None:
    features = torch.tensor([[1.0, 0, 0], [1, 0.01, 0], [0, 1, 0], [0, 0, 1]])
    scores = torch.tensor([1.0, 0.99, 0.5, 0.4])
    assert pick_diverse(features, scores, 3) == [0, 2, 3]


def test_equal_cells_are_picked_in_order() -> None:
    assert pick_diverse(torch.ones(4, 2), torch.zeros(4), 2) == [0, 1]


def test_no_more_is_picked_than_there_is() -> None:
    assert sorted(pick_diverse(torch.eye(2), torch.ones(2), 5)) == [0, 1]
