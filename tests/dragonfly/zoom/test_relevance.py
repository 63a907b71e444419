"""A question finds the cells that fit it, and novelty ranks where it knows nothing."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from dragonfly.zoom import Relevance
from dragonfly.zoom.relevance import RelevanceScorer, standardised

HIDDEN, WORDS = 4, 3
WANTED, OTHER = torch.tensor([[1.0, 0, 0]]), torch.tensor([[0.0, 0, 1]])


@pytest.fixture
def relevance() -> Relevance:
    """Fits the first word to the second feature of the class token."""
    weight = torch.zeros(2 * HIDDEN, WORDS)
    weight[1, 0] = 1.0
    return Relevance(weight, torch.zeros(WORDS), threshold=0.5)


def cells(scorer: RelevanceScorer) -> Tensor:
    """Twenty cells of which the eighth has what the first word stands for."""
    features = torch.randn(20, 5, HIDDEN, generator=torch.Generator().manual_seed(1))
    features[:, 0, 1] = 0.0
    features[7, 0, 1] = 9.0
    return torch.stack([scorer.describe(each) for each in features])


def test_the_cell_that_fits_the_question_comes_first(relevance: Relevance) -> None:
    scorer = relevance.asked(WANTED)
    described = cells(scorer)
    scores = scorer.score(described, is_finest=True)
    assert scores.rule == "question"
    assert scorer.pick(described, scores, 4)[0] == 7


def test_another_question_is_left_to_novelty(relevance: Relevance) -> None:
    scorer = relevance.asked(OTHER)
    assert scorer.score(cells(scorer), is_finest=True).rule == "novelty"


def test_coarser_cells_are_left_to_novelty(relevance: Relevance) -> None:
    scorer = relevance.asked(WANTED)
    assert scorer.score(cells(scorer), is_finest=False).rule == "novelty"


def test_a_single_cell_is_ranked_without_a_division_by_zero(
    relevance: Relevance,
) -> None:
    scorer = relevance.asked(WANTED)
    scores = scorer.score(cells(scorer)[:1], is_finest=True)
    assert scores.values.tolist() == [0.0]


def test_stain_shared_by_all_cells_changes_no_score(relevance: Relevance) -> None:
    described = cells(relevance.asked(WANTED))
    restained = described * 1.5 + 3
    # The added spread keeps the two apart by its own size.
    assert torch.allclose(standardised(described), standardised(restained), atol=1e-2)


def test_scores_are_never_negative(relevance: Relevance) -> None:
    scorer = relevance.asked(WANTED)
    assert scorer.score(cells(scorer), is_finest=True).values.min() >= 0


def test_it_is_saved_beside_a_checkpoint_and_found_again(
    relevance: Relevance, tmp_path: Path
) -> None:
    assert Relevance.load(tmp_path) is None
    relevance.save(tmp_path)
    found = Relevance.load(tmp_path)
    assert found is not None
    assert torch.equal(found.weight, relevance.weight)
    assert (found.threshold, found.finest) == (0.5, 2)
