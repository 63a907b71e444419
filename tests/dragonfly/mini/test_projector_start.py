"""The projector's start puts pictures near the words of their answers."""

import pytest
import torch
from torch import Tensor

from dragonfly.mini.projector_start import Fit, Projection, Words, answers_in
from dragonfly.model import DragonflyProcessor
from dragonfly.training.chat import chat_of_answer
from tests.checkpoints import PARITY

ANSWERS = ["axial", "coronal", "liver"]
HIDDEN, FEATURES = 24, 16


@pytest.fixture(scope="module")
def words() -> Words:
    tokenizer = DragonflyProcessor.from_pretrained(PARITY / "v1").tokenizer
    random = torch.Generator().manual_seed(1)
    embeddings = torch.randn(len(tokenizer), HIDDEN, generator=random)
    return Words(embeddings, tokenizer, [[answer] for answer in ANSWERS])


def tokens(kind: int, seed: int) -> Tensor:
    """Features of a picture of a kind: its own direction, and noise."""
    random = torch.Generator().manual_seed(100 * kind + seed)
    made = 0.3 * torch.randn(5, FEATURES, generator=random)
    made[:, kind] += 2
    return made


@pytest.fixture(scope="module")
def start(words: Words) -> Projection:
    fit = Fit(FEATURES, HIDDEN)
    for kind in range(len(ANSWERS)):
        for seed in range(20):
            fit.add(tokens(kind, seed), words.target(kind))
    return fit.solve(float(words.size))


@pytest.mark.parametrize("kind", range(len(ANSWERS)))
def test_a_new_picture_lies_nearest_to_its_own_answer(
    words: Words, start: Projection, kind: int
) -> None:
    seen = (tokens(kind, 99) @ start.weight.T + start.bias).mean(dim=0)
    targets = torch.stack([words.target(k) for k in range(len(ANSWERS))])
    assert int((targets @ seen).argmax()) == kind


def test_visual_tokens_are_as_large_as_words(words: Words, start: Projection) -> None:
    made = [tokens(k, s) for k in range(len(ANSWERS)) for s in range(20)]
    projected = torch.cat(made) @ start.weight.T + start.bias
    size = projected.square().sum(dim=1).mean().sqrt()
    assert size == pytest.approx(float(words.size), rel=0.02)


def test_what_no_answer_names_is_kept_too(start: Projection) -> None:
    assert torch.linalg.matrix_rank(start.weight) == FEATURES


def test_the_same_pictures_give_the_same_start(words: Words) -> None:
    first, second = Fit(FEATURES, HIDDEN), Fit(FEATURES, HIDDEN)
    for fit in (first, second):
        fit.add(tokens(0, 1), words.target(0))
        fit.add(tokens(1, 1), words.target(1))
    assert torch.equal(first.solve(1.0).weight, second.solve(1.0).weight)


def test_the_answers_of_a_chat_are_found() -> None:
    chat = chat_of_answer("Which plane?", "axial") + chat_of_answer("Organ?", "lung")
    assert answers_in(chat) == ["axial", "lung"]
