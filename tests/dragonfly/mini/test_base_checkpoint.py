"""The base of Dragonfly-mini is put together from the installed carrier packages."""

import json
from pathlib import Path

import pytest
import torch
from PIL import Image

from dragonfly.errors import ModelError
from dragonfly.mini.build import build_base
from dragonfly.mini.carriers import LANGUAGE, VISION, Carrier
from dragonfly.mini.vision_part import IMAGENET_MEAN, rename
from dragonfly.model import DragonflyForCausalLM, DragonflyProcessor
from dragonfly.model.checkpoint import load_checkpoint
from dragonfly.model.tokenizer import chat_prompt


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_base(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def loaded(folder: Path) -> tuple[DragonflyForCausalLM, DragonflyProcessor]:
    return load_checkpoint(folder, "cpu", torch.float32)


def test_it_is_dragonfly_in_the_pooling_layout(
    loaded: tuple[DragonflyForCausalLM, DragonflyProcessor],
) -> None:
    model, processor = loaded
    assert (model.layout.crop_px, model.layout.visual_tokens) == (224, 325)
    assert model.config.text_config.num_hidden_layers == 30
    assert processor.normalisation.mean == IMAGENET_MEAN


def test_the_language_part_still_knows_a_capital(
    loaded: tuple[DragonflyForCausalLM, DragonflyProcessor],
) -> None:
    model, processor = loaded
    inputs = processor(text=[chat_prompt("What is the capital of France?")])
    ids = model.generate(**inputs, max_new_tokens=12, do_sample=False)
    assert "Paris" in processor.decode(ids[0])


def test_the_vision_part_tells_pictures_apart(
    loaded: tuple[DragonflyForCausalLM, DragonflyProcessor],
) -> None:
    model, processor = loaded
    colours = [(200, 60, 90), (201, 62, 91), (30, 160, 60)]
    pictures = [Image.new("RGB", (224, 224), colour) for colour in colours]
    pixels = processor(text=["a"] * 3, images=pictures)["pixel_values"][:, 0]
    with torch.inference_mode():
        features = model.encode_crops(pixels)[:, 0]
    near, far = (features[0] - features[1]).norm(), (features[0] - features[2]).norm()
    assert near < 0.5 * far


def test_special_tokens_frame_the_text(
    loaded: tuple[DragonflyForCausalLM, DragonflyProcessor],
) -> None:
    _, processor = loaded
    ids = processor(text=[chat_prompt("Is this tumour?")])["input_ids"][0].tolist()
    assert ids[0] == processor.begin_token_id
    assert ids.count(processor.begin_token_id) == 1
    words = processor.tokenizer.convert_ids_to_tokens(ids)
    assert words.count("<|eot_id|>") == 1


def test_a_prompt_is_the_beginning_of_the_text_with_its_answer(
    loaded: tuple[DragonflyForCausalLM, DragonflyProcessor],
) -> None:
    _, processor = loaded
    for answer in ("xr - plain film", "12", "Yes"):
        prompt = processor(text=[chat_prompt("Which?")])["input_ids"][0].tolist()
        whole = processor(text=[chat_prompt("Which?") + answer])["input_ids"][0]
        assert whole.tolist()[: len(prompt)] == prompt


def test_a_second_build_is_the_first(folder: Path) -> None:
    before = (folder / "model.safetensors").stat().st_mtime_ns
    assert build_base(folder.parent) == folder
    assert (folder / "model.safetensors").stat().st_mtime_ns == before


def test_the_parts_are_recorded_by_digest(folder: Path) -> None:
    record = json.loads((folder / "base.json").read_text())
    assert set(record) == {"language", "vision", "recipe"}
    assert len(record["language"]) == len(record["vision"]) == 64


def test_the_carriers_are_found_without_being_imported() -> None:
    assert LANGUAGE.find().suffix == ".gguf"
    assert VISION.find().suffix == ".onnx"


def test_a_missing_carrier_is_named_with_the_remedy() -> None:
    with pytest.raises(ModelError) as caught:
        Carrier("absent==1", "no_such_package_here", "x").find()
    assert caught.value.code == "MINI_PARTS_MISSING"
    assert "absent==1" in caught.value.message


@pytest.mark.parametrize(
    ("exported", "ours"),
    [
        ("backbone.embeddings.cls_token", "embeddings.cls_token"),
        (
            "/backbone/encoder/layer.3/attention/attention/query/MatMul",
            "layers.3.attention.q_proj.weight",
        ),
        (
            "backbone.encoder.layer.11.attention.output.dense.bias",
            "layers.11.attention.o_proj.bias",
        ),
        ("/backbone/encoder/layer.0/mlp/fc1/MatMul", "layers.0.mlp.fc1.weight"),
    ],
)
def test_exported_names_become_ours(exported: str, ours: str) -> None:
    assert rename(exported) == ours
