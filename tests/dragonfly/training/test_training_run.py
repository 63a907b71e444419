"""A whole run: it learns, records its figures and ends with a plain checkpoint."""

import json

import pytest
import torch

from dragonfly.model.checkpoint import load_checkpoint
from dragonfly.model.digest import checkpoint_digest
from dragonfly.training.errors import TrainingError
from dragonfly.training.metrics import read_metrics
from tests.dragonfly.training.conftest import Runner

FIGURES = {
    "loss",
    "learning_rate",
    "gradient_norm",
    "tokens_per_s",
    "images_per_s",
    "waiting_share",
    "eta_s",
    "epoch",
}


def test_the_loss_falls_on_examples_seen_again(runner: Runner) -> None:
    run = runner.train(optimizer={"steps": 12, "learning_rate": 0.01})
    losses = [r["loss"] for r in read_metrics(run) if r["kind"] == "step"]
    assert losses[-1] < losses[0] - 1


def test_every_step_is_recorded_with_its_figures(runner: Runner) -> None:
    records = read_metrics(runner.train())
    assert [r["step"] for r in records if r["kind"] == "step"] == [1, 2, 3, 4, 5, 6]
    assert set(records[0]) >= FIGURES
    assert records[-1] == {"kind": "end", "step": 6, "reason": "finished"}


def test_the_result_loads_as_a_plain_checkpoint(runner: Runner) -> None:
    final = runner.train() / "final"
    model, _ = load_checkpoint(final, "cpu", torch.float32)
    names = {name.split(".")[0] for name in model.state_dict()}
    assert names == {"language_model", "image_encoder", "vision_embed_tokens"}


def test_the_result_says_where_it_comes_from(runner: Runner) -> None:
    record = json.loads((runner.train() / "final" / "training.json").read_text())
    assert record["base_digest"] == checkpoint_digest(runner.base)
    assert record["examples_seen"] == 24
    assert record["arguments"]["optimizer"]["batch_size"] == 4


def test_the_base_checkpoint_is_not_touched(runner: Runner) -> None:
    before = (runner.base / "model.safetensors").read_bytes()
    runner.train()
    assert (runner.base / "model.safetensors").read_bytes() == before


def test_a_used_output_folder_is_refused(runner: Runner) -> None:
    runner.train()
    with pytest.raises(TrainingError) as refused:
        runner.train()
    assert refused.value.code == "OUTPUT_IN_USE"


def test_bfloat16_learns_too(runner: Runner) -> None:
    run = runner.train(
        run={"precision": "bfloat16"},
        trained=["projector"],
        optimizer={"steps": 12, "learning_rate": 0.05},
    )
    losses = [r["loss"] for r in read_metrics(run) if r["kind"] == "step"]
    assert losses[-1] < losses[0]


def test_gradient_checkpointing_changes_nothing(runner: Runner) -> None:
    plain = runner.train("plain")
    checkpointed = runner.train("thrifty", run={"gradient_checkpointing": True})
    losses = [
        [r["loss"] for r in read_metrics(run) if r["kind"] == "step"]
        for run in (plain, checkpointed)
    ]
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)
