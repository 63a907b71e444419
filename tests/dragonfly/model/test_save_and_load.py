"""What is saved is what is published, and reloads bit for bit."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors import safe_open

from dragonfly.model import DragonflyConfig, DragonflyForCausalLM, DragonflyProcessor
from tests.checkpoints import PARITY, noise, save_checkpoint, tiny_model
from tests.dragonfly.model.conftest import Loaded

LLAMA3_ROPE = {
    "rope_type": "llama3",
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 64,
}


def _config(folder: Path) -> dict[str, Any]:
    content = json.loads((folder / "config.json").read_text())
    assert isinstance(content, dict)
    return content


def _tensor_names(folder: Path) -> set[str]:
    names: set[str] = set()
    for file in folder.glob("*.safetensors"):
        with safe_open(file, "pt") as opened:
            names |= set(opened.keys())
    return names


def _assert_same(one: DragonflyForCausalLM, other: DragonflyForCausalLM) -> None:
    state = other.state_dict()
    assert one.state_dict().keys() == state.keys()
    for name, tensor in one.state_dict().items():
        assert torch.equal(tensor, state[name]), name


def test_a_saved_checkpoint_reloads_bit_for_bit(tiny: Loaded, tmp_path: Path) -> None:
    tiny.model.save_pretrained(tmp_path)
    _assert_same(tiny.model, DragonflyForCausalLM.from_pretrained(tmp_path))


def test_shards_reload_bit_for_bit(tiny: Loaded, tmp_path: Path) -> None:
    tiny.model.save_pretrained(tmp_path, max_shard_size="40KB")
    assert len(list(tmp_path.glob("model-*-of-*.safetensors"))) > 2
    _assert_same(tiny.model, DragonflyForCausalLM.from_pretrained(tmp_path))


def test_tensors_keep_their_published_names(tmp_path: Path) -> None:
    model = DragonflyForCausalLM.from_pretrained(PARITY / "v1")
    model.save_pretrained(tmp_path)
    assert _tensor_names(tmp_path) == _tensor_names(PARITY / "v1")


def test_the_configuration_keeps_its_published_fields(tmp_path: Path) -> None:
    published = _config(PARITY / "v1")
    DragonflyForCausalLM.from_pretrained(PARITY / "v1").save_pretrained(tmp_path)
    saved = _config(tmp_path)
    del published["transformers_version"]
    text = published.pop("text_config")
    assert published.items() <= saved.items()
    assert text.items() <= saved["text_config"].items()
    assert saved["torch_dtype"] == "float32"


def test_scaled_rotary_positions_are_saved_under_their_old_names(
    tmp_path: Path,
) -> None:
    model = tiny_model(rope_theta=5e5, rope_scaling=LLAMA3_ROPE)
    save_checkpoint(tmp_path, model)
    text = _config(tmp_path)["text_config"]
    assert text["rope_theta"] == 5e5
    assert text["rope_scaling"] == LLAMA3_ROPE
    assert "rope_parameters" not in text


def test_scaled_rotary_positions_act_after_reloading(tmp_path: Path) -> None:
    ids = torch.arange(20, 120)[None]
    scaled = tiny_model(rope_theta=5e5, rope_scaling=LLAMA3_ROPE)
    save_checkpoint(tmp_path, scaled)
    reloaded = DragonflyForCausalLM.from_pretrained(tmp_path)
    plain = tiny_model(rope_theta=5e5)
    assert torch.equal(reloaded(input_ids=ids).logits, scaled(input_ids=ids).logits)
    assert not torch.allclose(
        plain(input_ids=ids).logits, scaled(input_ids=ids).logits, atol=1e-3
    )


def test_a_tied_head_is_written_out_for_older_readers(tmp_path: Path) -> None:
    save_checkpoint(tmp_path, tiny_model(tie_word_embeddings=True))
    assert "language_model.lm_head.weight" in _tensor_names(tmp_path)


def test_a_tied_head_is_one_tensor_after_reloading(tmp_path: Path) -> None:
    save_checkpoint(tmp_path, tiny_model(tie_word_embeddings=True))
    language_model = DragonflyForCausalLM.from_pretrained(tmp_path).language_model
    assert language_model.lm_head.weight is language_model.model.embed_tokens.weight


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_a_checkpoint_loads_in_any_floating_type(
    tiny: Loaded, dtype: torch.dtype
) -> None:
    model = DragonflyForCausalLM.from_pretrained(tiny.folder, dtype=dtype)
    wanted = tiny.model.state_dict()
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, wanted[name].to(tensor.dtype)), name
    assert {p.dtype for p in model.parameters()} == {dtype}


def test_a_bfloat16_checkpoint_says_so(tiny: Loaded, tmp_path: Path) -> None:
    model = DragonflyForCausalLM.from_pretrained(tiny.folder, dtype=torch.bfloat16)
    model.save_pretrained(tmp_path)
    assert _config(tmp_path)["torch_dtype"] == "bfloat16"
    again = DragonflyForCausalLM.from_pretrained(tmp_path)
    assert again.dtype is torch.bfloat16
    _assert_same(model, again)


@pytest.mark.parametrize("device_map", [{"": "cpu"}, "cpu", "auto"])
def test_a_device_map_places_the_model(tiny: Loaded, device_map: Any) -> None:
    model = DragonflyForCausalLM.from_pretrained(tiny.folder, device_map=device_map)
    inputs = tiny.processor(text=["a"], images=[noise()]).to(model.device)
    logits = model(**inputs).logits.cpu()
    torch.testing.assert_close(logits[0, -1], _last_logits(tiny), atol=1e-3, rtol=1e-3)


def _last_logits(tiny: Loaded) -> torch.Tensor:
    inputs = tiny.processor(text=["a"], images=[noise()])
    logits: torch.Tensor = tiny.model(**inputs).logits
    return logits[0, -1]


def test_the_variant_can_be_overridden(tmp_path: Path) -> None:
    folder = save_checkpoint(tmp_path, tiny_model("v2"))
    model = DragonflyForCausalLM.from_pretrained(folder, variant="v1")
    processor = DragonflyProcessor.from_pretrained(folder, variant="v1")
    assert model.layout == processor.layout
    assert model.layout.high == "selected"
    inputs = processor(text=["a"], images=[noise()])
    assert len(model(**inputs).selected_crops[0]) == 12


def test_an_overridden_variant_is_remembered(tmp_path: Path) -> None:
    model = tiny_model("v2")
    folder = save_checkpoint(tmp_path / "one", model)
    forced = DragonflyForCausalLM.from_pretrained(folder, variant="v1")
    forced.save_pretrained(tmp_path / "two")
    assert DragonflyConfig.from_pretrained(tmp_path / "two").layout == forced.layout


def test_a_saved_processor_reads_the_same(tiny: Loaded, tmp_path: Path) -> None:
    tiny.model.save_pretrained(tmp_path)
    tiny.processor.save_pretrained(tmp_path)
    again = DragonflyProcessor.from_pretrained(tmp_path)
    for name, tensor in tiny.processor(text=["a b"], images=[noise()]).items():
        assert torch.equal(tensor, again(text=["a b"], images=[noise()])[name])


def test_a_saved_tokenizer_names_a_class_that_older_readers_know(
    tiny: Loaded, tmp_path: Path
) -> None:
    tiny.processor.save_pretrained(tmp_path)
    settings = json.loads((tmp_path / "tokenizer_config.json").read_text())
    assert settings["tokenizer_class"] == "PreTrainedTokenizerFast"
