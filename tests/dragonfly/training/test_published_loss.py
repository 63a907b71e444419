"""The loop's loss is that of the published code on the same batch."""

import json
from typing import Any

import pytest
import torch
from PIL import Image

from dragonfly.model.checkpoint import load_checkpoint
from dragonfly.model.crops import cut_crops
from dragonfly.training.collate import Batch, Collator
from dragonfly.training.dataset import Loaded
from dragonfly.training.labels import Labeller
from dragonfly.training.trainee import Trainee
from tests.checkpoints import PARITY


@pytest.mark.parametrize("variant", ["v1", "v2"])
@torch.inference_mode()
def test_the_loss_is_the_published_one(variant: str) -> None:
    folder = PARITY / variant
    golden: dict[str, Any] = json.loads((folder / "golden.json").read_text())
    wanted = golden["train_batch"]
    model, processor = load_checkpoint(folder, "cpu", torch.float32)
    pictures = [Image.open(folder / name) for name in wanted["images"]]
    crops = [
        torch.from_numpy(cut_crops(p, processor.plan(p), processor.layout))
        for p in pictures
    ]
    labeller = Labeller(processor.tokenizer, "after_bos")
    batch: Batch = Collator(processor, labeller, 2048)(
        [Loaded(t, c, ()) for t, c in zip(wanted["texts"], crops, strict=True)]
    )
    assert batch.tensors["labels"].tolist() == wanted["labels"]
    loss = Trainee(model, processor.normalisation)(batch.tensors, batch.labels)
    assert float(loss) == pytest.approx(wanted["loss"], abs=1e-4)
