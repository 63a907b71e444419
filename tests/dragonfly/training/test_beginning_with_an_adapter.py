"""A run begins with the weights of an adapter, where it is told to."""

from pathlib import Path
from typing import Any

import pytest
import torch

from dragonfly.training.adapter import load_adapter
from dragonfly.training.errors import TrainingError
from tests.checkpoints import save_checkpoint, tiny_model
from tests.dragonfly.training.conftest import Runner

LORA: dict[str, Any] = {
    "trained": ["projector"],
    "lora": {"rank": 2, "targets": ["q_proj"]},
    "optimizer": {"learning_rate": 0.01},
}
AT_REST: dict[str, Any] = {"optimizer": {"learning_rate": 1e-12}}


def test_its_weights_are_those_that_learn_on(runner: Runner) -> None:
    first = runner.train("first", **LORA)
    fields = {**LORA, **AT_REST, "adapter": str(first / "adapter")}
    second = runner.train("second", **fields)
    before, after = (load_adapter(run / "adapter")[0] for run in (first, second))
    for name, weight in before.items():
        torch.testing.assert_close(after[name], weight)


def test_an_adapter_of_another_checkpoint_is_refused(
    runner: Runner, tmp_path: Path
) -> None:
    first = runner.train("first", **LORA)
    changed = tiny_model()
    changed.vision_embed_tokens.bias.data += 1
    other = save_checkpoint(tmp_path / "other", changed)
    fields = {**LORA, "adapter": str(first / "adapter"), "model": str(other)}
    with pytest.raises(TrainingError) as refused:
        runner.train("second", **fields)
    assert refused.value.code == "ADAPTER_UNFIT"


def test_an_adapter_of_other_factors_is_refused(runner: Runner) -> None:
    first = runner.train("first", **LORA)
    fields = {**LORA, "lora": {"rank": 3, "targets": ["q_proj"]}}
    with pytest.raises(TrainingError) as refused:
        runner.train("second", **fields, adapter=str(first / "adapter"))
    assert refused.value.code == "ADAPTER_UNFIT"
