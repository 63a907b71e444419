"""A checkpoint's fingerprint changes with its bytes and with nothing else."""

import os
import shutil
from pathlib import Path

import pytest

from dragonfly.errors import ModelError
from dragonfly.model.digest import checkpoint_digest
from tests.checkpoints import save_checkpoint


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def _change_last_byte(file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


def test_a_copy_has_the_same_digest(checkpoint: Path, cache: Path) -> None:
    copy = checkpoint.parent / "copy"
    shutil.copytree(checkpoint, copy)
    digest = checkpoint_digest(checkpoint, cache)
    assert len(digest) == 64
    assert checkpoint_digest(copy, cache) == digest


@pytest.mark.parametrize("name", ["config.json", "model.safetensors"])
def test_one_changed_byte_changes_the_digest(
    checkpoint: Path, cache: Path, name: str
) -> None:
    before = checkpoint_digest(checkpoint, cache)
    file = checkpoint / name
    if name == "config.json":
        file.write_text(file.read_text() + " ")
    else:
        _change_last_byte(file)
    assert checkpoint_digest(checkpoint, cache) != before


def test_every_shard_counts(tmp_path: Path, cache: Path) -> None:
    folder = save_checkpoint(tmp_path / "sharded", max_shard_size="40KB")
    before = checkpoint_digest(folder, cache)
    _change_last_byte(sorted(folder.glob("model-*.safetensors"))[-1])
    assert checkpoint_digest(folder, cache) != before


def test_a_file_that_did_not_change_is_read_once(checkpoint: Path, cache: Path) -> None:
    weights = checkpoint / "model.safetensors"
    before = checkpoint_digest(checkpoint, cache)
    found = weights.stat()
    _change_last_byte(weights)
    os.utime(weights, ns=(found.st_atime_ns, found.st_mtime_ns))
    assert checkpoint_digest(checkpoint, cache) == before
    assert checkpoint_digest(checkpoint, cache.with_name("other")) != before


def test_a_cache_that_cannot_be_written_does_no_harm(
    checkpoint: Path, cache: Path
) -> None:
    cache.write_text("a file where the folder should be")
    assert len(checkpoint_digest(checkpoint, cache)) == 64


def test_the_digest_of_nothing_is_refused(tmp_path: Path, cache: Path) -> None:
    with pytest.raises(ModelError) as refusal:
        checkpoint_digest(tmp_path, cache)
    assert refusal.value.code == "CHECKPOINT_MISSING"
