"""The devices of a run, through `accelerate` and its configuration file."""

from __future__ import annotations

from accelerate import Accelerator
from accelerate.utils import DistributedType

from dragonfly.training.args import OptimizerArgs, TrainArgs
from dragonfly.training.errors import TrainingError

MIXED = {"float32": "no", "bfloat16": "bf16"}


def make_accelerator(args: TrainArgs) -> Accelerator:
    """Join the processes that the launcher started, or be the only one.

    Raises:
        TrainingError: ACCUMULATION_TWICE, BATCH_NOT_DIVISIBLE.
    """
    accelerator = Accelerator(
        cpu=args.run.device == "cpu", mixed_precision=MIXED[args.run.precision]
    )
    if accelerator.gradient_accumulation_steps != 1:
        raise TrainingError(
            "ACCUMULATION_TWICE",
            "The accelerate configuration accumulates gradients, but the loop does so "
            "already, as batch_size asks. Set gradient_accumulation_steps to 1.",
        )
    refuse_uneven_batches(args.optimizer, accelerator.num_processes)
    if accelerator.distributed_type == DistributedType.DEEPSPEED:
        _tell_deepspeed(accelerator, args.optimizer)
    return accelerator


def refuse_uneven_batches(args: OptimizerArgs, processes: int) -> None:
    """Raise `TrainingError` BATCH_NOT_DIVISIBLE if processes would learn unequally."""
    if args.batch_size % (processes * args.micro_batch_size):
        raise TrainingError(
            "BATCH_NOT_DIVISIBLE",
            f"optimizer.batch_size {args.batch_size} is no multiple of {processes} "
            f"processes times micro_batch_size {args.micro_batch_size}.",
        )


def _tell_deepspeed(accelerator: Accelerator, args: OptimizerArgs) -> None:
    # It wants to know these, but sees neither our loader nor our clipping.
    config = accelerator.state.deepspeed_plugin.deepspeed_config
    config["train_micro_batch_size_per_gpu"] = args.micro_batch_size
    config["gradient_accumulation_steps"] = 1
    config["gradient_clipping"] = args.clip_norm


def is_sharded(accelerator: Accelerator) -> bool:
    """Whether one process holds only a part of the weights or of their types."""
    return accelerator.distributed_type in (
        DistributedType.FSDP,
        DistributedType.DEEPSPEED,
    )
