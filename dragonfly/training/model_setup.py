"""The model of a run: loaded, frozen where it shall be, with factors where asked."""

from __future__ import annotations

import torch

from dragonfly.model import DragonflyForCausalLM, DragonflyProcessor
from dragonfly.model.checkpoint import load_checkpoint
from dragonfly.training.args import TrainArgs
from dragonfly.training.freezing import freeze_all_but
from dragonfly.training.lora import add_lora


def set_up_model(args: TrainArgs) -> tuple[DragonflyForCausalLM, DragonflyProcessor]:
    """The checkpoint in float32 on the CPU, ready to be trained.

    Raises:
        ModelError: the checkpoint cannot be loaded.
        TrainingError: LORA_INVALID.
    """
    model, processor = load_checkpoint(args.model, "cpu", torch.float32)
    torch.manual_seed(args.run.seed)
    make_trainable(model, processor, args)
    return model, processor


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
