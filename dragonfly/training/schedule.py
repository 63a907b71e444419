"""The learning rate as a function of the step alone, so that nothing is to be saved."""

import math

from dragonfly.training.args import OptimizerArgs


def rate_at(step: int, steps: int, args: OptimizerArgs) -> float:
    """The learning rate of a step, counted from 0.

    It rises from zero over the warm-up and then falls along half a cosine or a line to
    zero, or stays. As published, the first step of a warm-up changes nothing.
    """
    warmup = int(steps * args.warmup_ratio)
    if step < warmup:
        return args.learning_rate * step / warmup
    done = (step - warmup) / max(1, steps - warmup)
    if args.schedule == "cosine":
        return args.learning_rate * 0.5 * (1 + math.cos(math.pi * done))
    if args.schedule == "linear":
        return args.learning_rate * (1 - done)
    return args.learning_rate
