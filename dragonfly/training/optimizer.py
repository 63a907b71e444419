"""AdamW, and which weights decay."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from dragonfly.training.args import Decayed, OptimizerArgs

PROJECTOR = "vision_embed_tokens"
UNDECAYED = ("lm_head", "embed_tokens", "token_embedding")


def make_optimizer(model: nn.Module, args: OptimizerArgs) -> torch.optim.AdamW:
    """AdamW over the weights that learn, grouped by decay and by rate.

    Each group's `rate_share` is its rate relative to that of the schedule.
    """
    decays = RULES[args.decayed]
    groups: dict[tuple[float, float], list[Tensor]] = {}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            decay = args.weight_decay if decays(name, parameter) else 0.0
            groups.setdefault((decay, _rate_share(name, args)), []).append(parameter)
    ordered = sorted(groups.items(), key=lambda group: group[0], reverse=True)
    return torch.optim.AdamW(
        [
            {"params": members, "weight_decay": decay, "rate_share": share}
            for (decay, share), members in ordered
        ],
        lr=args.learning_rate,
        betas=(args.beta1, args.beta2),
    )


def _rate_share(name: str, args: OptimizerArgs) -> float:
    if args.projector_rate is None or PROJECTOR not in name:
        return 1.0
    return args.projector_rate / args.learning_rate


def decays_as_published(name: str, _parameter: Tensor) -> bool:
    """Weights, except those named layernorm, lm_head or embed_tokens.

    The rule goes by names, so the language model's final norm and CLIP's first decay.
    """
    spared = ("layernorm", "lm_head", "embed_tokens")
    # The projector's own name holds "embed_tokens": it never decays by this rule.
    return "weight" in name and not any(part in name for part in spared)


def decays_as_matrix(name: str, parameter: Tensor) -> bool:
    """Matrices, except embeddings and the head."""
    projector = PROJECTOR in name
    spared = not projector and any(part in name for part in UNDECAYED)
    return parameter.ndim >= 2 and not spared


RULES: dict[Decayed, Callable[[str, Tensor], bool]] = {
    "published": decays_as_published,
    "matrices": decays_as_matrix,
}
