"""Only what a stage names changes, and LoRA leaves a plain checkpoint behind."""

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from dragonfly.model.checkpoint import load_checkpoint
from dragonfly.training.adapter import apply_adapter, load_adapter
from dragonfly.training.errors import TrainingError
from tests.checkpoints import save_checkpoint, tiny_model
from tests.dragonfly.training.conftest import Runner

UNREACHED = ("vision_model.encoder.layers.2.", "post_layernorm")


def weights(folder: Path) -> dict[str, Tensor]:
    return dict(load_file(folder / "model.safetensors"))


def changed(base: Path, run: Path) -> set[str]:
    before, after = weights(base), weights(run / "final")
    assert before.keys() == after.keys()
    return {name for name in before if not torch.equal(before[name], after[name])}


def test_stage_one_changes_the_projector_alone(runner: Runner) -> None:
    run = runner.train(trained=["projector"])
    wanted = {"vision_embed_tokens.weight", "vision_embed_tokens.bias"}
    assert changed(runner.base, run) == wanted


def test_stage_two_changes_all_that_an_output_depends_on(runner: Runner) -> None:
    after = changed(runner.base, runner.train())
    # A key's bias adds the same to every score of a query: it gets no gradient.
    expected = {
        name
        for name in weights(runner.base)
        if not any(part in name for part in UNREACHED) and "k_proj.bias" not in name
    }
    assert expected <= after
    assert not any(part in name for name in after for part in UNREACHED)


LORA: dict[str, Any] = {
    "trained": ["projector"],
    "lora": {
        "rank": 2,
        "targets": ["q_proj", "down_proj"],
        "encoder": True,
        "new_tokens": ["<|eot_id|>"],
    },
    "optimizer": {"learning_rate": 0.01},
}


def test_lora_changes_its_targets_and_leaves_published_names(runner: Runner) -> None:
    run = runner.train(**LORA)
    language = {f"language_model.model.layers.{n}" for n in (0, 1)}
    tower = {f"image_encoder.vision_model.encoder.layers.{n}" for n in (0, 1)}
    assert changed(runner.base, run) == {
        *(f"{layer}.self_attn.q_proj.weight" for layer in language | tower),
        *(f"{layer}.self_attn.v_proj.weight" for layer in tower),
        *(f"{layer}.mlp.down_proj.weight" for layer in language),
        "vision_embed_tokens.weight",
        "vision_embed_tokens.bias",
        "language_model.model.embed_tokens.weight",
    }


def test_only_the_named_tokens_embeddings_change(runner: Runner) -> None:
    run = runner.train(**LORA)
    name = "language_model.model.embed_tokens.weight"
    before, after = weights(runner.base)[name], weights(run / "final")[name]
    rows = (before != after).any(dim=1).nonzero().flatten().tolist()
    tokenizer = load_checkpoint(runner.base, "cpu")[1].tokenizer
    assert rows == [tokenizer.get_vocab()["<|eot_id|>"]]


def test_an_adapter_makes_the_trained_model_of_the_base(runner: Runner) -> None:
    run = runner.train(**LORA)
    model, processor = load_checkpoint(runner.base, "cpu", torch.float32)
    apply_adapter(model, processor, *load_adapter(run / "adapter"))
    trained = weights(run / "final")
    for name, tensor in model.state_dict().items():
        if name in trained:
            assert torch.equal(tensor, trained[name]), name


def test_tied_embeddings_stay_tied(runner: Runner, tmp_path: Path) -> None:
    tied = save_checkpoint(tmp_path / "tied", tiny_model(tie_word_embeddings=True))
    run = runner.train(**LORA | {"model": str(tied)})
    model, _ = load_checkpoint(run / "final", "cpu")
    language = model.language_model
    assert language.lm_head.weight is language.model.embed_tokens.weight


def test_a_layer_that_is_not_there_is_refused(runner: Runner) -> None:
    with pytest.raises(TrainingError) as refused:
        runner.train(trained=["projector"], lora={"targets": ["no_proj"]})
    assert refused.value.code == "LORA_INVALID"


def test_a_checkpoint_keeps_its_number_format(runner: Runner, tmp_path: Path) -> None:
    half = save_checkpoint(tmp_path / "half", tiny_model().to(torch.bfloat16))
    run = runner.train(model=str(half), optimizer={"steps": 2})
    assert {t.dtype for t in weights(run / "final").values()} == {torch.bfloat16}
