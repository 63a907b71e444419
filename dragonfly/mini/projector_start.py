"""A closed-form start of the projector: pictures near the words of their answers.

Ridge regression from the frozen encoder's features to the language model's own word
embeddings. Each visual token of a picture is drawn towards the words that answer its
questions, rare words more than common ones. The language model then meets vectors of a
kind and size that it knows, and can learn to repeat them instead of ignoring them.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from dragonfly.model.tokenizer import END_OF_TURN

RIDGE = 0.01
"""Of the features' mean variance."""
OWN_DIRECTIONS = 0.5
"""Size, relative to the fitted part, of a random projection added to it: what no
answer names, such as where a thing lies, shall reach the language model too."""
ANSWER = re.compile(
    r"<\|start_header_id\|>assistant<\|end_header_id\|>\s*(.*?)"
    + re.escape(END_OF_TURN),
    re.DOTALL,
)


@dataclass(frozen=True)
class Projection:
    """Weights of a linear projector: (hidden, features) and (hidden,)."""

    weight: Tensor
    bias: Tensor


def answers_in(conversations: str) -> list[str]:
    """The assistant's turns of a chat."""
    return ANSWER.findall(conversations)


class Words:
    """Word embeddings of answers, rare tokens weighing more.

    Args:
        embeddings: of the language model, shape (vocabulary, hidden).
        tokenizer: its tokenizer.
        answers: of each picture.
    """

    def __init__(
        self,
        embeddings: Tensor,
        tokenizer: PreTrainedTokenizerBase,
        answers: Iterable[Sequence[str]],
    ) -> None:
        self.ids = [_token_ids(tokenizer, said) for said in answers]
        self.embeddings = embeddings.float()
        self.mean = self.embeddings.mean(dim=0)
        self.size = (self.embeddings - self.mean).norm(dim=1).mean()
        found = Counter(token for ids in self.ids for token in ids)
        self.weights: Mapping[int, float] = {
            token: math.log(1 + len(self.ids) / count) for token, count in found.items()
        }

    def target(self, picture: int) -> Tensor:
        """Where a picture's tokens are drawn to, shape (hidden,), around zero."""
        ids = sorted(self.ids[picture])
        weights = torch.tensor([self.weights[token] for token in ids])
        summed = weights @ (self.embeddings[ids] - self.mean)
        target: Tensor = summed / summed.norm().clamp(min=1e-6) * self.size
        return target


def _token_ids(tokenizer: PreTrainedTokenizerBase, answers: Sequence[str]) -> set[int]:
    found = [tokenizer(said, add_special_tokens=False).input_ids for said in answers]
    return {int(token) for ids in found for token in ids}


class Fit:
    """Sums over visual tokens, from which the projection follows."""

    def __init__(self, features: int, hidden: int) -> None:
        self.count = 0.0
        self.sum_x = torch.zeros(features, dtype=torch.float64)
        self.sum_y = torch.zeros(hidden, dtype=torch.float64)
        self.xx = torch.zeros(features, features, dtype=torch.float64)
        self.xy = torch.zeros(features, hidden, dtype=torch.float64)

    def add(self, tokens: Tensor, target: Tensor) -> None:
        """Visual tokens of one picture, (tokens, features), and their target."""
        x, y = tokens.float(), target.double()
        summed = x.sum(dim=0).double()
        self.count += len(x)
        self.sum_x += summed
        self.sum_y += y * len(x)
        self.xx += (x.T @ x).double()
        self.xy += summed[:, None] * y

    def solve(self, size: float, seed: int = 0) -> Projection:
        """The projection whose results vary by `size` around zero."""
        mean_x, mean_y = self.sum_x / self.count, self.sum_y / self.count
        covariance = self.xx / self.count - mean_x[:, None] * mean_x
        shared = self.xy / self.count - mean_x[:, None] * mean_y
        noise = RIDGE * covariance.diagonal().mean()
        identity = torch.eye(len(mean_x), dtype=torch.float64)
        fitted = torch.linalg.solve(covariance + noise * identity, shared)
        random = (
            torch.randn(
                fitted.shape, generator=torch.Generator().manual_seed(seed)
            ).double()
            / covariance.diagonal().sqrt()[:, None]
        )
        weight = _sized(fitted, covariance) + OWN_DIRECTIONS * _sized(
            random, covariance
        )
        weight = size * _sized(weight, covariance)
        return Projection(weight.T.float(), (-mean_x @ weight).float())


def _sized(weight: Tensor, covariance: Tensor) -> Tensor:
    """Scaled so that results have a mean squared norm of one."""
    return weight / (weight * (covariance @ weight)).sum().sqrt()
