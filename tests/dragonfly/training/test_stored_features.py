"""Features of a frozen encoder, computed once, train the same model."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from dragonfly.model import DragonflyForCausalLM, DragonflyProcessor
from dragonfly.model.checkpoint import load_checkpoint
from dragonfly.model.layout import Variant
from dragonfly.training.errors import TrainingError
from dragonfly.training.feature_form import FeatureForm, Packed, pack, unpack
from dragonfly.training.feature_store import KEYS, RECORDS, FeatureStore
from dragonfly.training.metrics import read_metrics
from dragonfly.training.pictures import PictureKey
from tests.checkpoints import noise, save_checkpoint, tiny_model
from tests.dragonfly.training.conftest import Runner

FIRST, SECOND = PictureKey("a" * 64, "whole"), PictureKey("a" * 64, "0,0,5,5")


def loaded(
    folder: Path, variant: Variant
) -> tuple[DragonflyForCausalLM, DragonflyProcessor]:
    return load_checkpoint(
        save_checkpoint(folder / variant, tiny_model(variant)), "cpu", torch.float32
    )


@pytest.mark.parametrize("variant", ["v1", "v2"])
@torch.inference_mode()
def test_packed_features_give_the_same_visual_tokens(
    tmp_path: Path, variant: Variant
) -> None:
    model, processor = loaded(tmp_path, variant)
    features = model.encode_crops(processor(images=[noise()])["pixel_values"][0])
    packed = torch.from_numpy(pack(features, model.layout)).float()
    spread = unpack(packed[None], model.layout)
    assert spread.shape == features[None].shape
    wanted = model.visual_tokens(features[None]).embeddings
    found = model.visual_tokens(spread).embeddings
    assert torch.allclose(found, wanted, atol=0.01)


def test_pooled_crops_are_stored_pooled(tmp_path: Path) -> None:
    model, processor = loaded(tmp_path, "v2")
    form = FeatureForm.of(model, processor)
    assert form.tokens == 17 + 40 * 2
    assert form.tokens < model.layout.crop_count * 17


def test_a_value_beyond_16_bits_is_refused(tmp_path: Path) -> None:
    model, _ = loaded(tmp_path, "v1")
    with pytest.raises(TrainingError, match="do not fit into 16 bits"):
        pack(torch.full((29, 5, 16), 1e6), model.layout)


@pytest.fixture
def form(tmp_path: Path) -> FeatureForm:
    return FeatureForm.of(*loaded(tmp_path, "v1"))


def record(form: FeatureForm, value: float) -> Packed:
    return np.full((form.tokens, form.hidden), value, np.float16)


def test_features_are_found_by_picture_and_region(
    tmp_path: Path, form: FeatureForm
) -> None:
    store = FeatureStore(tmp_path / "store", form)
    store.put(FIRST, record(form, 1))
    store.put(SECOND, record(form, 2))
    reopened = FeatureStore(tmp_path / "store", form)
    found = reopened.get(SECOND)
    assert found is not None
    assert np.array_equal(found, record(form, 2))
    assert reopened.get(PictureKey("b" * 64, "whole")) is None


def test_a_record_cut_off_by_a_crash_is_written_again(
    tmp_path: Path, form: FeatureForm
) -> None:
    store = FeatureStore(tmp_path / "store", form)
    store.put(FIRST, record(form, 1))
    (folder,) = (tmp_path / "store").iterdir()
    with (folder / RECORDS).open("ab") as records, (folder / KEYS).open("ab") as keys:
        records.write(b"half")
        keys.write(b"bbbb")
    reopened = FeatureStore(tmp_path / "store", form)
    reopened.put(SECOND, record(form, 3))
    reopened.reload()
    values = [reopened.get(key) for key in (FIRST, SECOND)]
    assert [float(v[0, 0]) for v in values if v is not None] == [1, 3]


def test_another_tower_has_features_of_its_own(
    tmp_path: Path, form: FeatureForm
) -> None:
    FeatureStore(tmp_path / "store", form).put(FIRST, record(form, 1))
    model, processor = load_checkpoint(tmp_path / "v1", "cpu", torch.float32)
    with torch.no_grad():
        next(model.image_encoder.parameters()).add_(1)
    other = FeatureForm.of(model, processor)
    assert FIRST not in FeatureStore(tmp_path / "store", other)


def test_training_on_features_is_training_on_pictures(runner: Runner) -> None:
    frozen: dict[str, Any] = {
        "trained": ["projector"],
        "lora": {"rank": 2, "dropout": 0.0},
    }
    plain = runner.train("plain", **frozen)
    stored = runner.train("stored", **frozen, data={"features": "features"})
    again = runner.train("again", **frozen, data={"features": "features"})
    losses = [
        [r["loss"] for r in read_metrics(run) if r["kind"] == "step"]
        for run in (plain, stored, again)
    ]
    assert losses[1] == pytest.approx(losses[0], rel=0.01)
    assert losses[2] == losses[1]
