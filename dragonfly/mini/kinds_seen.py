"""Measures what training pictures look like, so that unlike ones can be told apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from dragonfly.engine.familiarity import Familiarity, signature
from dragonfly.mini.starting import keyed_rows, stored
from dragonfly.training.dataset import Dataset
from dragonfly.training.feature_store import FeatureStore

IGNORED = 128
"""Directions in which pictures of one kind may differ freely."""
KNOWN_SHARE = 0.98
"""Of held-back pictures of the training kinds, those that must count as familiar."""
FEWEST = 20
"""Pictures that make a kind of their own; where no source has as many, all are one."""

Signatures = Mapping[str, Sequence[Tensor]]


def signatures_by_source(
    dataset: Dataset, store: FeatureStore
) -> dict[str, list[Tensor]]:
    """The signature of each picture that has stored features, once each."""
    found: dict[str, list[Tensor]] = defaultdict(list)
    seen = set()
    low_tokens = store.form.layout.low_tokens
    for source, key, _ in keyed_rows(dataset):
        if key in store and key not in seen:
            seen.add(key)
            found[source].append(signature(stored(store, key)[:low_tokens]))
    return dict(found)


def fit_familiarity(trained: Signatures, held_back: Sequence[Tensor]) -> Familiarity:
    """Centres of the kinds, what varies within them, and the threshold.

    Args:
        trained: signatures of training pictures by kind.
        held_back: signatures of other pictures of the same kinds.
    """
    everything = torch.cat([torch.stack(list(s)) for s in trained.values()])
    kinds = [torch.stack(list(s)) for s in trained.values() if len(s) >= FEWEST]
    kinds = kinds or [everything]
    centres = torch.stack([kind.mean(dim=0) for kind in kinds])
    within = torch.cat([kind - kind.mean(dim=0) for kind in kinds])
    directions = torch.linalg.eigh(within.T @ within).eigenvectors[:, -IGNORED:]
    unlimited = Familiarity(centres, directions, float("inf"))
    distances = torch.tensor([_distance(unlimited, s) for s in held_back])
    return Familiarity(centres, directions, float(distances.quantile(KNOWN_SHARE)))


def _distance(familiarity: Familiarity, signed: Tensor) -> float:
    # A class token and one patch that equals the mean give the signature back.
    return familiarity.distance(signed.unflatten(0, (2, -1)))
