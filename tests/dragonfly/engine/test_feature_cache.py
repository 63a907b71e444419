"""The cache keeps what was used last, within its bytes and its number of crops."""

import torch

from dragonfly.engine.feature_cache import FeatureCache

KIB = torch.zeros(256)


def test_the_least_recently_used_goes_first() -> None:
    cache = FeatureCache(2048)
    cache.put("a", KIB)
    cache.put("b", KIB)
    assert cache.get("a") is KIB
    cache.put("c", KIB)
    assert cache.get("b") is None
    assert cache.get("a") is not None


def test_what_is_larger_than_the_cache_is_not_kept() -> None:
    cache = FeatureCache(512)
    cache.put("a", KIB)
    assert cache.get("a") is None


def test_it_keeps_no_more_crops_than_it_may() -> None:
    cache = FeatureCache(max_crops=2)
    for key in "abc":
        cache.put(key, KIB)
    assert cache.get("a") is None
    assert cache.get("b") is KIB
    assert cache.get("c") is KIB


def test_putting_twice_counts_once() -> None:
    cache = FeatureCache(2048)
    for _ in range(5):
        cache.put("a", KIB)
    cache.put("b", KIB)
    assert cache.get("a") is not None


def test_clearing_forgets_everything() -> None:
    cache = FeatureCache()
    cache.put("a", KIB)
    cache.clear()
    assert cache.get("a") is None
