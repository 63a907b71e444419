"""A training batch may see a part of the low crop's patches; validation sees all."""

from typing import Any

import pytest
import torch
from torch import Tensor

from dragonfly.model import DragonflyProcessor
from dragonfly.training.errors import TrainingError
from dragonfly.training.trainee import Trainee
from tests.checkpoints import PARITY, QUESTION, tiny_model
from tests.dragonfly.training.conftest import Runner


@pytest.fixture
def trainee() -> Trainee:
    processor = DragonflyProcessor.from_pretrained(PARITY / "v2")
    return Trainee(tiny_model("v2"), processor.normalisation)


@pytest.fixture
def batch(trainee: Trainee) -> dict[str, Tensor]:
    processor = DragonflyProcessor.from_pretrained(PARITY / "v2")
    processor.layout = trainee.dragonfly.layout
    texts = processor.encode_texts([QUESTION], True, training=True)
    crops = torch.randint(0, 255, (1, 41, 8, 8, 3), dtype=torch.uint8)
    return texts.as_dict() | {"crops": crops, "labels": texts.input_ids}


def lengths_seen(trainee: Trainee, batch: dict[str, Tensor]) -> tuple[int, Tensor]:
    seen: list[Any] = []

    def note(_module: Any, _args: Any, kwargs: dict[str, Any]) -> None:
        seen.append((kwargs["inputs_embeds"].shape[1], kwargs["position_ids"][0]))

    decoder = trainee.dragonfly.language_model.get_decoder()
    handle = decoder.register_forward_pre_hook(note, with_kwargs=True)
    trainee(batch, 1.0)
    handle.remove()
    return seen[0][0], seen[0][1]


def test_left_out_patches_are_not_read(
    trainee: Trainee, batch: dict[str, Tensor]
) -> None:
    whole, _ = lengths_seen(trainee.train(), batch)
    trainee.patch_share = 0.25
    part, places = lengths_seen(trainee, batch)
    assert whole - part == 12, "12 of the 16 patches of the tiny low crop"
    assert len(places) == part


def test_what_stays_keeps_its_place(trainee: Trainee, batch: dict[str, Tensor]) -> None:
    trainee.patch_share = 0.25
    _, places = lengths_seen(trainee.train(), batch)
    kept = places.tolist()
    assert kept[0] == 0, "the class token stays"
    assert kept == sorted(kept)
    assert kept[-1] == batch["labels"].shape[1] - 1


def test_each_batch_sees_other_patches(
    trainee: Trainee, batch: dict[str, Tensor]
) -> None:
    trainee.train().patch_share = 0.25
    torch.manual_seed(0)
    first = lengths_seen(trainee, batch)[1].tolist()
    assert first != lengths_seen(trainee, batch)[1].tolist()


def test_validation_sees_all(trainee: Trainee, batch: dict[str, Tensor]) -> None:
    trainee.eval()
    with torch.no_grad():
        whole = trainee(batch, 1.0)
        trainee.patch_share = 0.25
        assert torch.equal(trainee(batch, 1.0), whole)


def test_a_share_of_nothing_is_refused(runner: Runner) -> None:
    with pytest.raises(TrainingError) as caught:
        runner.args("refused", data={"patch_share": 0})
    assert caught.value.code == "CONFIG_INVALID"


def test_a_run_ends_with_all_patches(
    runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    shares: list[float] = []
    real = Trainee.forward

    def noted(self: Trainee, tensors: dict[str, Tensor], count: float) -> Tensor:
        shares.append(self.patch_share)
        return real(self, tensors, count)

    monkeypatch.setattr(Trainee, "forward", noted)
    data = {"patch_share": 0.5, "all_patches_from": 0.6}
    runner.train(data=data, optimizer={"micro_batch_size": 4})
    assert shares == [0.5, 0.5, 0.5, 0.5, 1.0, 1.0]
