"""AdamW, and which weights decay."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from dragonfly.training.args import Decayed, OptimizerArgs

UNDECAYED = ("lm_head", "embed_tokens", "token_embedding")


def make_optimizer(model: nn.Module, args: OptimizerArgs) -> torch.optim.AdamW:
    """AdamW over the weights that learn, in a decayed and an undecayed group."""
    rule = RULES[args.decayed]
    trained = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
    groups = [
        {
            "params": [p for n, p in trained if rule(n, p) == decayed],
            "weight_decay": args.weight_decay if decayed else 0.0,
        }
        for decayed in (True, False)
    ]
    return torch.optim.AdamW(
        [group for group in groups if group["params"]],
        lr=args.learning_rate,
        betas=(args.beta1, args.beta2),
    )


def decays_as_published(name: str, _parameter: Tensor) -> bool:
    """Weights, except those named layernorm, lm_head or embed_tokens.

    The rule goes by names, so the language model's final norm and CLIP's first decay.
    """
    spared = ("layernorm", "lm_head", "embed_tokens")
    # The projector's own name holds "embed_tokens": it never decays by this rule.
    return "weight" in name and not any(part in name for part in spared)


def decays_as_matrix(name: str, parameter: Tensor) -> bool:
    """Matrices, except embeddings and the head."""
    projector = "vision_embed_tokens" in name
    spared = not projector and any(part in name for part in UNDECAYED)
    return parameter.ndim >= 2 and not spared


RULES: dict[Decayed, Callable[[str, Tensor], bool]] = {
    "published": decays_as_published,
    "matrices": decays_as_matrix,
}
