"""A checkpoint loads quietly, or the user reads what is wrong with it."""

import json
import pickle
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers.utils import logging

from dragonfly.errors import ModelError
from dragonfly.model.checkpoint import load_checkpoint
from dragonfly.model.precision import default_dtype
from tests.checkpoints import TOKENIZER_FILES, noise, save_checkpoint, tiny_model
from tests.dragonfly.model.conftest import load

WEIGHTS = "model.safetensors"


def _refusal(folder: Path) -> ModelError:
    with pytest.raises(ModelError) as refusal:
        load_checkpoint(folder, "cpu", torch.float32)
    return refusal.value


def test_a_checkpoint_is_ready_to_answer(checkpoint: Path) -> None:
    loaded = load(checkpoint)
    assert not loaded.model.training
    inputs = loaded.processor(text=["a"], images=[noise()])
    assert loaded.model(**inputs).logits.isfinite().all()


def test_the_type_suits_the_device_unless_told(checkpoint: Path) -> None:
    model, _ = load_checkpoint(checkpoint, "cpu")
    assert model.dtype is default_dtype("cpu")


def test_the_variant_can_be_told(tmp_path: Path) -> None:
    folder = save_checkpoint(tmp_path, tiny_model("v2"))
    model, processor = load_checkpoint(folder, "cpu", variant="v1")
    assert model.layout.high == processor.layout.high == "selected"


def test_a_folder_that_is_not_there_is_missing(tmp_path: Path) -> None:
    assert _refusal(tmp_path / "none").code == "CHECKPOINT_MISSING"


def test_a_folder_without_configuration_is_missing(checkpoint: Path) -> None:
    (checkpoint / "config.json").unlink()
    assert _refusal(checkpoint).code == "CHECKPOINT_MISSING"


@pytest.mark.parametrize("content", ["{", "[]", ""])
def test_a_broken_configuration_is_corrupt(checkpoint: Path, content: str) -> None:
    (checkpoint / "config.json").write_text(content)
    assert _refusal(checkpoint).code == "CHECKPOINT_CORRUPT"


def test_another_kind_of_model_is_unsupported(checkpoint: Path) -> None:
    (checkpoint / "config.json").write_text('{"model_type": "llama"}')
    refusal = _refusal(checkpoint)
    assert refusal.code == "CHECKPOINT_UNSUPPORTED"
    assert "llama" in refusal.message


def test_absent_weights_are_incomplete(checkpoint: Path) -> None:
    (checkpoint / WEIGHTS).unlink()
    assert _refusal(checkpoint).code == "CHECKPOINT_INCOMPLETE"


@pytest.mark.parametrize("kept", [0, 4, 1000, -1])
def test_weights_cut_off_anywhere_are_corrupt(checkpoint: Path, kept: int) -> None:
    content = (checkpoint / WEIGHTS).read_bytes()
    (checkpoint / WEIGHTS).write_bytes(content[:kept])
    refusal = _refusal(checkpoint)
    assert refusal.code == "CHECKPOINT_CORRUPT"
    assert WEIGHTS in refusal.message


def test_an_absent_shard_is_named(tmp_path: Path) -> None:
    folder = save_checkpoint(tmp_path, max_shard_size="40KB")
    shard = next(folder.glob("model-00002-of-*.safetensors"))
    shard.unlink()
    refusal = _refusal(folder)
    assert refusal.code == "CHECKPOINT_INCOMPLETE"
    assert shard.name in refusal.message


def test_a_broken_list_of_shards_is_corrupt(tmp_path: Path) -> None:
    folder = save_checkpoint(tmp_path, max_shard_size="40KB")
    (folder / "model.safetensors.index.json").write_text("{}")
    assert _refusal(folder).code == "CHECKPOINT_CORRUPT"


def test_absent_tensors_are_incomplete_and_named(checkpoint: Path) -> None:
    weights = load_file(checkpoint / WEIGHTS)
    del weights["vision_embed_tokens.bias"]
    save_file(weights, checkpoint / WEIGHTS)
    refusal = _refusal(checkpoint)
    assert refusal.code == "CHECKPOINT_INCOMPLETE"
    assert "vision_embed_tokens.bias" in refusal.message


def test_weights_of_other_sizes_are_corrupt(checkpoint: Path) -> None:
    config = json.loads((checkpoint / "config.json").read_text())
    config["text_config"]["intermediate_size"] = 48
    (checkpoint / "config.json").write_text(json.dumps(config))
    assert _refusal(checkpoint).code == "CHECKPOINT_CORRUPT"


def test_an_absent_tokenizer_is_incomplete(checkpoint: Path) -> None:
    for name in TOKENIZER_FILES:
        (checkpoint / name).unlink()
    assert _refusal(checkpoint).code == "CHECKPOINT_INCOMPLETE"


class _Bomb:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return exec, ("raise SystemExit('the pickle ran')",)


def test_pickled_weights_are_refused_unopened(checkpoint: Path) -> None:
    (checkpoint / WEIGHTS).unlink()
    (checkpoint / "pytorch_model.bin").write_bytes(pickle.dumps(_Bomb()))
    refusal = _refusal(checkpoint)
    assert refusal.code == "CHECKPOINT_UNSAFE"
    assert "safetensors" in refusal.message


def test_loading_prints_nothing(
    checkpoint: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    load(checkpoint)
    assert capfd.readouterr() == ("", "")


def test_the_library_speaks_again_after_loading(checkpoint: Path) -> None:
    before = (logging.get_verbosity(), logging.is_progress_bar_enabled())
    load(checkpoint)
    assert (logging.get_verbosity(), logging.is_progress_bar_enabled()) == before


def test_the_library_speaks_again_after_a_refusal(checkpoint: Path) -> None:
    (checkpoint / "tokenizer.json").unlink()
    before = (logging.get_verbosity(), logging.is_progress_bar_enabled())
    _refusal(checkpoint)
    assert (logging.get_verbosity(), logging.is_progress_bar_enabled()) == before
