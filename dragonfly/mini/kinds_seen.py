"""Measures what training pictures look like, so that unlike ones can be told apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from dragonfly.engine.familiarity import KNOWN_SHARE, Familiarity, signature
from dragonfly.mini.data.unknown import NAME as UNKNOWN
from dragonfly.mini.starting import keyed_rows, stored
from dragonfly.training.dataset import Dataset
from dragonfly.training.feature_store import FeatureStore

IGNORED = 128
"""Directions in which pictures of one kind may differ freely."""
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


def fit_familiarity(trained: Signatures, held_back: Signatures) -> Familiarity:
    """Centres of the kinds, what varies within them, and the threshold.

    Args:
        trained: signatures of training pictures by source.
        held_back: signatures of other pictures of the same sources.
    """
    stacked = {name: torch.stack(list(s)) for name, s in _of_kinds(trained).items()}
    kinds = [kind for kind in stacked.values() if len(kind) >= FEWEST]
    kinds = kinds or [torch.cat(list(stacked.values()))]
    centres = torch.stack([kind.mean(dim=0) for kind in kinds])
    within = torch.cat([kind - kind.mean(dim=0) for kind in kinds])
    directions = torch.linalg.eigh(within.T @ within).eigenvectors[:, -IGNORED:]
    unlimited = Familiarity(centres, directions, float("inf"))
    others = [signed for s in _of_kinds(held_back).values() for signed in s]
    distances = torch.tensor([_distance(unlimited, signed) for signed in others])
    return Familiarity(centres, directions, float(distances.quantile(KNOWN_SHARE)))


def _of_kinds(signatures: Signatures) -> Signatures:
    """Without the pictures of nothing, which are refused by the model itself."""
    return {n: s for n, s in signatures.items() if n != UNKNOWN} or signatures


def _distance(familiarity: Familiarity, signed: Tensor) -> float:
    # A class token and one patch that equals the mean give the signature back.
    return familiarity.distance(signed.unflatten(0, (2, -1)))
