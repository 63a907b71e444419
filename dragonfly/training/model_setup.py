"""The model of a run: loaded, frozen where it shall be, with factors where asked."""

from __future__ import annotations

from pathlib import Path

import torch

from dragonfly.model import DragonflyForCausalLM, DragonflyProcessor
from dragonfly.model.checkpoint import load_checkpoint
from dragonfly.model.digest import checkpoint_digest
from dragonfly.training.adapter import load_adapter
from dragonfly.training.args import TrainArgs
from dragonfly.training.errors import TrainingError
from dragonfly.training.freezing import freeze_all_but
from dragonfly.training.lora import add_lora
from dragonfly.training.state import put_weights


def set_up_model(args: TrainArgs) -> tuple[DragonflyForCausalLM, DragonflyProcessor]:
    """The checkpoint in float32 on the CPU, ready to be trained.

    Raises:
        ModelError: the checkpoint cannot be loaded.
        TrainingError: LORA_INVALID, ADAPTER_INVALID, ADAPTER_UNFIT.
    """
    model, processor = load_checkpoint(args.model, "cpu", torch.float32)
    torch.manual_seed(args.run.seed)
    make_trainable(model, processor, args)
    if args.adapter is not None:
        begin_with(args.adapter, model, args)
    return model, processor


def begin_with(adapter: Path, model: DragonflyForCausalLM, args: TrainArgs) -> None:
    """Put an adapter's weights in place of new ones.

    Raises:
        TrainingError: ADAPTER_INVALID; ADAPTER_UNFIT, it belongs to another checkpoint
            or holds other weights than this run trains.
    """
    weights, about = load_adapter(adapter)
    if about.base_digest != checkpoint_digest(args.model):
        raise TrainingError(
            "ADAPTER_UNFIT",
            f"The adapter {adapter.name} was trained on another checkpoint than "
            f"{args.model.name}. Name the one that it belongs to as `model`.",
        )
    if (about.trained, about.lora) != (args.trained, args.lora):
        raise TrainingError(
            "ADAPTER_UNFIT",
            f"The adapter {adapter.name} holds other parts or factors than this run "
            "trains. Give `trained` and `lora` as in its adapter.json.",
        )
    put_weights(model, weights)


def make_trainable(
    model: DragonflyForCausalLM, processor: DragonflyProcessor, args: TrainArgs
) -> None:
    """Choose what learns, as the configuration says."""
    model.language_model.set_attn_implementation(args.run.attention)
    freeze_all_but(model, args.trained)
    if args.lora is not None:
        add_lora(model, args.lora, processor.tokenizer)
    if args.run.gradient_checkpointing:
        model.activation_checkpointing_enable()


def halve_frozen_weights(model: DragonflyForCausalLM) -> None:
    """Keep frozen weights in bfloat16, as which they are multiplied anyway."""
    for parameter in model.parameters():
        if not parameter.requires_grad and parameter.is_floating_point():
            parameter.data = parameter.data.to(torch.bfloat16)
