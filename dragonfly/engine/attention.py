"""How much the answer's tokens attend to each crop, measured afterwards.

The score of a crop is the mean attention that one of its visual tokens receives from
the answer's tokens, over all layers and heads, relative to the mean over all visual
tokens: 1 is average. It describes the language model's reading; it is no reason and
no probability, and it carries the model's positional habits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from transformers.cache_utils import DynamicCache

RULE = "attention"
TOKENS_PER_PASS = 16
MOST_TOKENS = 64
"""Attention of longer answers is measured on their first tokens."""


@torch.inference_mode()
def relative_attention(
    language_model: nn.Module,
    cache: DynamicCache,
    answer_ids: Sequence[int],
    prompt_length: int,
    tokens_per_crop: Sequence[int],
) -> list[float]:
    """Score each crop of one answered question.

    The answer is read again a few tokens at a time, one layer's weights at a time,
    so memory stays at `TOKENS_PER_PASS` x prompt x heads of one layer.

    Args:
        cache: keys and values of the prompt; what follows the prompt is cut off.
        prompt_length: tokens of the prompt; its image tokens come first, each crop
            followed by one newline.
        tokens_per_crop: visual tokens of each crop, in order.

    Returns:
        one score per crop; 1.0 throughout when there is no answer token.
    """
    if not answer_ids:
        return [1.0] * len(tokens_per_crop)
    _keep_prompt(cache, prompt_length)
    received = torch.zeros(sum(tokens_per_crop) + len(tokens_per_crop))
    ids = torch.tensor([answer_ids[:MOST_TOKENS]], device=_device(language_model))
    with _observed_attention(language_model, received):
        for part in ids.split(TOKENS_PER_PASS, dim=1):
            language_model(input_ids=part, past_key_values=cache, use_cache=True)
    return _relative(received, tokens_per_crop)


def _keep_prompt(cache: DynamicCache, prompt_length: int) -> None:
    surplus = cache.get_seq_length() - prompt_length
    if surplus > 0:
        cache.crop(-surplus)


def _relative(received: Tensor, tokens_per_crop: Sequence[int]) -> list[float]:
    crops = received.split([count + 1 for count in tokens_per_crop])
    sums = torch.stack([crop[:-1].sum() for crop in crops])
    counts = torch.tensor(tokens_per_crop, dtype=sums.dtype)
    average = sums.sum() / counts.sum()
    return [round(float(x), 6) for x in (sums / counts / average.clamp(min=1e-12))]


@contextmanager
def _observed_attention(language_model: nn.Module, received: Tensor) -> Iterator[None]:
    def observe(module: nn.Module, args: Any, output: Any) -> None:
        weights = output[1][0, :, :, : len(received)]
        received.add_(weights.float().sum(dim=(0, 1)).cpu())

    model: Any = language_model
    before = model.config._attn_implementation
    model.set_attn_implementation("eager")
    layers = model.get_decoder().layers
    hooks = [layer.self_attn.register_forward_hook(observe) for layer in layers]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()
        model.set_attn_implementation(before)


def _device(module: nn.Module) -> torch.device:
    return next(module.parameters()).device
