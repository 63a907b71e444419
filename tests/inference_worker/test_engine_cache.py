"""The model version asked for is loaded once, verified, and let go when replaced."""

from __future__ import annotations

import gc
import shutil
import weakref
from pathlib import Path

import psutil
import pytest

from dragonfly.engine import Engine
from dragonfly.errors import ModelError
from dragonfly.model.digest import checkpoint_digest
from inference_worker import engine_cache
from inference_worker.engine_cache import EngineCache
from tests.inference_worker.conftest import PARITY

V1, V2 = PARITY / "v1", PARITY / "v2"


@pytest.fixture
def cache() -> EngineCache:
    return EngineCache(V2, "cpu")


def test_the_default_model_is_kept(cache: EngineCache) -> None:
    assert cache.get() is cache.get()
    assert cache.get().digest == checkpoint_digest(V2)
    assert cache.folder == V2


def test_the_version_asked_for_is_loaded(cache: EngineCache) -> None:
    cache.get()
    engine = cache.get(checkpoint_digest(V1), str(V1))
    assert engine.digest == checkpoint_digest(V1)
    assert cache.get(checkpoint_digest(V1), str(V1)) is engine


def test_what_the_makers_write_is_told(tmp_path: Path) -> None:
    copy = shutil.copytree(V2, tmp_path / "copy")
    (copy / "README.md").write_text("Made by us.\n" + "x" * 2**17)
    cache = EngineCache(copy, "cpu")
    cache.get()
    assert cache.card.startswith("Made by us.")
    assert len(cache.card) == 2**16
    cache.get(checkpoint_digest(V1), str(V1))
    assert cache.card == ""


def test_dragonfly_mini_is_told_by_the_card_that_ships(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(engine_cache, "_dragonfly_mini", lambda: V2)
    cache = EngineCache(None, "cpu")
    cache.get()
    assert cache.card.startswith("# Dragonfly-mini")


def test_a_folder_known_elsewhere_is_found_by_its_digest(cache: EngineCache) -> None:
    engine = cache.get(checkpoint_digest(V2), "/on/another/machine")
    assert engine.digest == checkpoint_digest(V2)


def test_files_that_are_not_the_recorded_ones_are_refused(
    cache: EngineCache, tmp_path: Path
) -> None:
    copy = shutil.copytree(V1, tmp_path / "copy")
    config = copy / "config.json"
    config.write_text(config.read_text() + "\n")
    with pytest.raises(ModelError) as refused:
        cache.get(checkpoint_digest(V1), str(copy))
    assert refused.value.code == "MODEL_MISMATCH"


def test_an_unknown_version_is_refused(cache: EngineCache) -> None:
    with pytest.raises(ModelError) as refused:
        cache.get("0" * 64, "/nowhere")
    assert refused.value.code == "MODEL_NOT_LOADED"


def test_a_missing_default_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "dragonfly.mini.build", None)
    with pytest.raises(ModelError, match="DRAGONFLY_MODEL") as refused:
        EngineCache(None, "cpu").get()
    assert refused.value.code == "MODEL_NOT_LOADED"


def test_without_a_default_dragonfly_mini_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(engine_cache, "_dragonfly_mini", lambda: V1)
    assert EngineCache(None, "cpu").get().digest == checkpoint_digest(V1)


def test_a_replaced_model_is_let_go(cache: EngineCache) -> None:
    engine = cache.get()
    gone = weakref.ref(engine), weakref.ref(engine.model)
    del engine
    cache.get(checkpoint_digest(V1), str(V1))
    gc.collect()
    assert (gone[0](), gone[1]()) == (None, None)


def test_the_old_model_is_gone_before_the_new_one_comes(
    cache: EngineCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = cache.get()
    old = weakref.ref(engine.model)
    del engine
    load = Engine.load
    seen: list[object] = []

    def watched(folder: Path, device: str | None) -> Engine:
        seen.append(old())
        return load(folder, device)

    monkeypatch.setattr(Engine, "load", watched)
    cache.get(checkpoint_digest(V1), str(V1))
    assert seen == [None]


def test_many_swaps_do_not_grow_the_process(cache: EngineCache) -> None:
    def swap(times: int) -> int:
        for _ in range(times):
            for folder in (V1, V2):
                cache.get(checkpoint_digest(folder), str(folder))
        return int(psutil.Process().memory_info().rss)

    settled = swap(3)
    assert swap(6) - settled < 24 * 2**20
