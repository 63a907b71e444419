"""Learning rate, weight decay, and when a run is stopped."""

import math
from typing import Any

import pytest
import torch
from torch.optim.lr_scheduler import LambdaLR
from transformers import get_cosine_schedule_with_warmup

from dragonfly.training.args import Decayed, OptimizerArgs
from dragonfly.training.errors import TrainingError
from dragonfly.training.loss_watch import LossWatch
from dragonfly.training.optimizer import make_optimizer
from dragonfly.training.schedule import rate_at
from tests.checkpoints import tiny_model
from tests.dragonfly.training.conftest import Runner


def args(**changes: Any) -> OptimizerArgs:
    fields: dict[str, Any] = {"batch_size": 1, "steps": 200, "learning_rate": 2e-5}
    return OptimizerArgs(**fields | changes)


def test_the_cosine_is_the_one_of_the_published_program() -> None:
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=2e-5)
    library: LambdaLR = get_cosine_schedule_with_warmup(optimizer, 20, 200)
    ours = []
    theirs = []
    for step in range(200):
        ours.append(rate_at(step, 200, args(warmup_ratio=0.1)))
        theirs.append(library.get_last_lr()[0])
        optimizer.step()
        library.step()
    assert ours == pytest.approx(theirs, rel=1e-9)


def test_a_line_falls_to_zero_and_a_constant_stays() -> None:
    line, constant = args(schedule="linear"), args(schedule="constant")
    assert rate_at(101, 200, line) == pytest.approx(1e-5)
    assert rate_at(200, 200, line) == 0
    assert rate_at(199, 200, constant) == 2e-5


def decayed(rule: Decayed) -> set[str]:
    model = tiny_model()
    names = {id(p): n for n, p in model.named_parameters()}
    groups = make_optimizer(model, args(decayed=rule)).param_groups
    assert [g["weight_decay"] for g in groups] == [0.1, 0.0]
    return {names[id(p)] for p in groups[0]["params"]}


def test_matrices_decay_but_embeddings_and_head_do_not() -> None:
    names = decayed("matrices")
    assert "vision_embed_tokens.weight" in names
    assert "language_model.model.layers.0.mlp.up_proj.weight" in names
    assert not {n for n in names if "norm" in n or "lm_head" in n or "bias" in n}
    assert "language_model.model.embed_tokens.weight" not in names


def test_the_published_rule_goes_by_names() -> None:
    names = decayed("published")
    assert "language_model.model.norm.weight" in names
    assert "vision_embed_tokens.weight" not in names
    assert "language_model.model.layers.0.input_layernorm.weight" not in names


def test_the_projector_may_have_its_own_rate() -> None:
    optimizer = make_optimizer(
        tiny_model(), args(learning_rate=4e-4, projector_rate=1e-4, weight_decay=0.0)
    )
    shares = {g["rate_share"]: len(g["params"]) for g in optimizer.param_groups}
    assert shares.keys() == {1.0, 0.25}
    assert shares[0.25] == 2, "its weight and its bias"


def feed(watch: LossWatch, loss: float, steps: int) -> None:
    for step in range(steps):
        watch.check(step, loss, 1.0)


@pytest.mark.parametrize("loss", [math.nan, math.inf])
def test_a_loss_that_is_no_number_stops_the_run(loss: float) -> None:
    with pytest.raises(TrainingError) as stopped:
        LossWatch(3.0).check(7, loss, 1.0)
    assert stopped.value.code == "LOSS_NOT_FINITE"
    assert "step 7" in stopped.value.message


def test_a_gradient_that_is_no_number_stops_the_run() -> None:
    with pytest.raises(TrainingError):
        LossWatch(3.0).check(1, 1.0, math.nan)


def test_a_loss_that_runs_away_stops_the_run() -> None:
    watch = LossWatch(3.0)
    feed(watch, 2.0, 30)
    with pytest.raises(TrainingError) as stopped:
        feed(watch, 9.0, 30)
    assert stopped.value.code == "LOSS_EXPLODED"


def test_one_bad_batch_does_not_stop_the_run() -> None:
    watch = LossWatch(3.0)
    for step in range(60):
        watch.check(step, 20.0 if step == 30 else 2.0, 1.0)
    assert watch.smoothed == pytest.approx(2.0, abs=1.0)


def test_a_diverging_run_ends_with_a_reason_and_a_sound_checkpoint(
    runner: Runner,
) -> None:
    wild = {"steps": 60, "learning_rate": 1e30, "clip_norm": 1e30, "warmup_ratio": 0.1}
    with pytest.raises(TrainingError) as stopped:
        runner.train(optimizer=wild, run={"save_every": 1})
    assert stopped.value.code in ("LOSS_NOT_FINITE", "LOSS_EXPLODED")
    assert not (runner.folder / "run" / "final").exists()
