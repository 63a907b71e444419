"""Attention to crops is measured on the answer alone and leaves the model as it was."""

import torch
from transformers.cache_utils import DynamicCache

from dragonfly.engine import Engine
from dragonfly.engine.attention import relative_attention


def prompt_cache(engine: Engine, length: int) -> DynamicCache:
    cache = DynamicCache()
    ids = torch.arange(length)[None] % 300 + 20
    with torch.inference_mode():
        engine.model.language_model(input_ids=ids, past_key_values=cache)
    return cache


def exact(
    engine: Engine, prompt: int, answer: list[int], crops: list[int]
) -> list[float]:
    """The same figure from one pass that keeps every layer's weights."""
    model = engine.model.language_model
    ids = torch.cat([torch.arange(prompt) % 300 + 20, torch.tensor(answer)])[None]
    model.set_attn_implementation("eager")
    with torch.inference_mode():
        weights = model(input_ids=ids, output_attentions=True).attentions
    model.set_attn_implementation("sdpa")
    received = sum(layer[0, :, prompt:, :prompt].sum(dim=(0, 1)) for layer in weights)
    assert isinstance(received, torch.Tensor)
    starts = [sum(crops[:i]) + i for i in range(len(crops))]
    means = [received[s : s + n].mean() for s, n in zip(starts, crops, strict=True)]
    tokens = [t for s, n in zip(starts, crops, strict=True) for t in range(s, s + n)]
    return [float(mean / received[tokens].mean()) for mean in means]


def test_a_few_tokens_at_a_time_give_the_whole_figure(pooling_engine: Engine) -> None:
    answer = [30 + i for i in range(40)]
    cache = prompt_cache(pooling_engine, 60)
    scores = relative_attention(
        pooling_engine.model.language_model, cache, answer, 60, [20, 10, 10]
    )
    expected = exact(pooling_engine, 60, answer, [20, 10, 10])
    assert torch.allclose(torch.tensor(scores), torch.tensor(expected), atol=1e-4)


def test_the_model_keeps_its_attention_implementation(pooling_engine: Engine) -> None:
    model = pooling_engine.model.language_model
    before = model.config._attn_implementation
    hooks = [len(layer.self_attn._forward_hooks) for layer in model.model.layers]
    relative_attention(model, prompt_cache(pooling_engine, 30), [40, 41], 30, [10, 10])
    assert model.config._attn_implementation == before
    after = [len(layer.self_attn._forward_hooks) for layer in model.model.layers]
    assert after == hooks


def test_tokens_written_after_the_prompt_do_not_count_twice(
    pooling_engine: Engine,
) -> None:
    model = pooling_engine.model.language_model
    clean = relative_attention(
        model, prompt_cache(pooling_engine, 30), [40, 41], 30, [10, 10]
    )
    used = prompt_cache(pooling_engine, 30)
    with torch.inference_mode():
        model(input_ids=torch.tensor([[40, 41]]), past_key_values=used)
    assert relative_attention(model, used, [40, 41], 30, [10, 10]) == clean


def test_an_empty_answer_ranks_nothing(pooling_engine: Engine) -> None:
    model = pooling_engine.model.language_model
    cache = prompt_cache(pooling_engine, 30)
    assert relative_attention(model, cache, [], 30, [10, 10]) == [1.0, 1.0]
