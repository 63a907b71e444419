"""A word is fitted where class tokens tell it, and stays silent elsewhere."""

import hashlib

import pytest
import torch
from torch import Tensor

from dragonfly.mini.naming.class_tokens import ClassTokens, with_one
from dragonfly.mini.naming.word_fit import Judged, WordFit, judged

FEATURES, PICTURES = 12, 400


@pytest.fixture(scope="module")
def features() -> Tensor:
    random = torch.Generator().manual_seed(3)
    return torch.randn(PICTURES, FEATURES, generator=random)


@pytest.fixture(scope="module")
def patches() -> Tensor:
    random = torch.Generator().manual_seed(4)
    return 4 * torch.randn(PICTURES, FEATURES, generator=random)[:, :6]


@pytest.fixture(scope="module")
def fit(features: Tensor, patches: Tensor) -> WordFit:
    groups = [
        hashlib.sha256(bytes([n % 251, n // 251])).hexdigest() for n in range(PICTURES)
    ]
    tokens = ClassTokens(with_one(features), torch.ones(PICTURES).double(), groups)
    seen = torch.zeros(PICTURES, FEATURES)
    seen[:, :6] = patches
    rows = with_one(seen)
    return WordFit(tokens, rows.T @ rows)


def labels_by(values: Tensor) -> Judged:
    return judged([(list(range(PICTURES)), (values > 0).float().tolist())])


def test_what_the_tokens_tell_is_told_on_pictures_held_out(
    fit: WordFit, features: Tensor
) -> None:
    assert fit.told(labels_by(features[:, 10])) > 0.6


def test_chance_is_not_told(fit: WordFit) -> None:
    random = torch.Generator().manual_seed(5)
    assert abs(fit.told(labels_by(torch.randn(PICTURES, generator=random)))) < 0.3


def test_a_true_word_is_louder_than_a_false_one(fit: WordFit, features: Tensor) -> None:
    labels = labels_by(features[:, 10])
    said = with_one(features) @ fit.fit(labels)
    is_true = features[:, 10] > 0
    assert said[is_true].mean() - said[~is_true].mean() > 0.5


def test_directions_of_patches_stay_silent(
    fit: WordFit, features: Tensor, patches: Tensor
) -> None:
    """Column 0 varies four times as much in patches, column 10 not at all."""
    quiet = fit.fit(labels_by(features[:, 0]))[0]
    loud = fit.fit(labels_by(features[:, 10]))[10]
    assert abs(quiet) < 0.5 * abs(loud)


def test_too_few_or_equal_labels_tell_nothing(fit: WordFit) -> None:
    assert fit.told(judged([(range(8), [1.0] * 4 + [0.0] * 4)])) == 0
    assert fit.told(judged([(range(PICTURES), [1.0] * PICTURES)])) == 0
    assert fit.told(judged([])) == 0
