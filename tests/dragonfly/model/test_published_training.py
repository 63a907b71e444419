"""A training batch has the published labels and loss."""

from typing import Any

import pytest
import torch

from dragonfly.model import DragonflyInputs
from tests.dragonfly.model.conftest import Loaded, picture


@pytest.fixture(scope="module")
def batch(
    variant: str, published_checkpoint: Loaded, golden: dict[str, Any]
) -> DragonflyInputs:
    wanted = golden["train_batch"]
    return published_checkpoint.processor(
        text=wanted["texts"],
        images=[picture(variant, name) for name in wanted["images"]],
        labels_from="after_bos",
    )


@pytest.mark.parametrize("name", ["input_ids", "labels", "attention_mask"])
def test_a_training_batch_is_the_published_one(
    batch: DragonflyInputs, golden: dict[str, Any], name: str
) -> None:
    assert batch[name].tolist() == golden["train_batch"][name]


@torch.inference_mode()
def test_the_loss_is_the_published_one(
    batch: DragonflyInputs, golden: dict[str, Any], published_checkpoint: Loaded
) -> None:
    loss = float(published_checkpoint.model(**batch).loss)
    assert loss == pytest.approx(golden["train_batch"]["loss"], abs=1e-4)
