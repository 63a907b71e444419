"""Where the vision tower of a checkpoint is found."""

import json
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from dragonfly.errors import ModelError
from dragonfly.model import DragonflyConfig, DragonflyForCausalLM
from dragonfly.model.towers import resolve_vision_config
from tests.checkpoints import PARITY, tiny_config, tiny_vision

TOWER = "image_encoder."


@pytest.fixture
def published(tmp_path: Path) -> Path:
    folder = tmp_path / "published"
    shutil.copytree(PARITY / "v1", folder)
    return folder


def _edit_config(folder: Path, **fields: object) -> None:
    file = folder / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | fields))


def _drop_tower_weights(folder: Path) -> None:
    weights = load_file(folder / "model.safetensors")
    kept = {name: w for name, w in weights.items() if not name.startswith(TOWER)}
    save_file(kept, folder / "model.safetensors")


def test_a_configuration_inside_the_checkpoint_comes_first(published: Path) -> None:
    _edit_config(published, vision_config=tiny_vision())
    assert DragonflyConfig.from_pretrained(published).layout.crop_px == 8


def test_a_folder_beside_the_checkpoint_comes_next(published: Path) -> None:
    config = DragonflyConfig.from_pretrained(published)
    assert config.vision_config.hidden_size == 32


def test_the_folder_beside_the_checkpoint_beats_the_built_in_table(
    published: Path,
) -> None:
    name = "openai/clip-vit-base-patch32"
    shutil.move(published / "clip", published / name)
    _edit_config(published, image_encoder=name)
    config = DragonflyConfig.from_pretrained(published)
    assert config.vision_config.hidden_size == 32


@pytest.mark.parametrize(
    ("name", "hidden", "crop_px", "tokens"),
    [
        ("openai/clip-vit-base-patch32", 768, 224, 850),
        ("openai/clip-vit-large-patch14-336", 1024, 336, 2057),
    ],
)
def test_the_published_towers_are_built_in(
    name: str, hidden: int, crop_px: int, tokens: int
) -> None:
    config = DragonflyConfig(image_encoder=name)
    assert config.resolve_vision().hidden_size == hidden
    assert config.layout.crop_px == crop_px
    assert config.layout.visual_tokens == tokens


def test_the_local_cache_comes_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cached = tmp_path / "config.json"
    cached.write_text(json.dumps(tiny_vision()))
    asked: list[str] = []

    def cache(name: str, file: str) -> str:
        asked.append(f"{name}/{file}")
        return str(cached)

    monkeypatch.setattr("dragonfly.model.towers.try_to_load_from_cache", cache)
    assert resolve_vision_config("some/tower", None).image_size == 8
    assert asked == ["some/tower/config.json"]


def test_a_tower_that_is_nowhere_is_named() -> None:
    with pytest.raises(ModelError, match="no-such/tower") as refusal:
        DragonflyConfig(image_encoder="no-such/tower").resolve_vision()
    assert refusal.value.code == "VISION_TOWER_MISSING"


def test_a_checkpoint_without_tower_weights_takes_those_beside_it(
    published: Path,
) -> None:
    whole = DragonflyForCausalLM.from_pretrained(published).state_dict()
    _drop_tower_weights(published)
    model = DragonflyForCausalLM.from_pretrained(published)
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, whole[name]), name


def test_tower_weights_beside_the_checkpoint_take_its_type(published: Path) -> None:
    _drop_tower_weights(published)
    model = DragonflyForCausalLM.from_pretrained(published, dtype=torch.bfloat16)
    assert {p.dtype for p in model.parameters()} == {torch.bfloat16}


def test_a_checkpoint_without_any_tower_weights_is_refused(published: Path) -> None:
    _drop_tower_weights(published)
    (published / "clip" / "model.safetensors").unlink()
    with pytest.raises(ModelError, match="no weights of its vision tower") as refusal:
        DragonflyForCausalLM.from_pretrained(published)
    assert refusal.value.code == "VISION_TOWER_MISSING"


def test_the_tower_is_saved_beside_the_checkpoint(
    published: Path, tmp_path: Path
) -> None:
    model = DragonflyForCausalLM.from_pretrained(published)
    model.save_pretrained(tmp_path / "saved")
    saved = load_file(tmp_path / "saved" / "clip" / "model.safetensors")
    for name, tensor in load_file(published / "clip" / "model.safetensors").items():
        assert torch.equal(saved[name], tensor), name


def test_a_tower_of_another_kind_is_refused() -> None:
    config = tiny_config()
    config.vision_config.model_type = "siglip"
    with pytest.raises(ModelError, match="siglip") as refusal:
        DragonflyForCausalLM(config)
    assert refusal.value.code == "VISION_TOWER_UNSUPPORTED"
