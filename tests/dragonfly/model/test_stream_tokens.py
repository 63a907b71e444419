"""One sample, token by token, in a loop that can be left at any moment."""

import gc
import weakref
from collections.abc import Generator
from typing import Any

import pytest
import torch
from transformers import DynamicCache

from dragonfly.model.generation import Sampler, stream_tokens
from tests.checkpoints import QUESTION, noise
from tests.dragonfly.model.conftest import Loaded

NEVER: frozenset[int] = frozenset()


@torch.inference_mode()
def _prompt(tiny: Loaded, text: str = QUESTION) -> dict[str, Any]:
    inputs = tiny.processor(text=[text], images=[noise()])
    features = tiny.model.encode_crops(inputs["pixel_values"][0])
    tokens = tiny.model.visual_tokens(features[None]).embeddings
    prompt = {name: inputs[name] for name in ("input_ids", "image_patches_indices")}
    return {**prompt, "visual_tokens": tokens}


def _generated(tiny: Loaded, inputs: Any, count: int) -> list[int]:
    ids = tiny.model.generate(
        **inputs, max_new_tokens=count, do_sample=False, eos_token_id=None
    )
    row: list[int] = ids[0, inputs["input_ids"].shape[1] :].tolist()
    return row


def _stream(tiny: Loaded, count: int = 16, **kwargs: Any) -> list[int]:
    arguments = {"stop_ids": NEVER, **_prompt(tiny), **kwargs}
    return list(stream_tokens(tiny.model, max_new_tokens=count, **arguments))


def test_tokens_are_those_of_generate(tiny: Loaded) -> None:
    inputs = tiny.processor(text=[QUESTION], images=[noise()])
    assert _stream(tiny) == _generated(tiny, inputs, 16)


def test_text_without_a_picture_gives_the_tokens_of_generate(tiny: Loaded) -> None:
    inputs = tiny.processor(text=[QUESTION])
    streamed = stream_tokens(tiny.model, **inputs, max_new_tokens=9, stop_ids=NEVER)
    assert list(streamed) == _generated(tiny, inputs, 9)


def test_padding_on_the_left_changes_nothing(tiny: Loaded) -> None:
    prompt = _prompt(tiny)
    pad = torch.ones(1, 5, dtype=torch.int64)
    ids, places = prompt["input_ids"], prompt["image_patches_indices"]
    padded: dict[str, Any] = {
        "input_ids": torch.cat([pad, ids], 1),
        "image_patches_indices": torch.cat([-pad, places], 1),
        "attention_mask": torch.cat([0 * pad, torch.ones_like(ids)], 1),
    }
    assert _stream(tiny, **padded) == _stream(tiny)


def test_a_stop_id_ends_the_text_and_is_not_given(tiny: Loaded) -> None:
    tokens = _stream(tiny)
    stop = tokens[5]
    assert _stream(tiny, stop_ids=frozenset({stop})) == tokens[: tokens.index(stop)]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_no_more_tokens_than_asked_are_given(tiny: Loaded, count: int) -> None:
    assert len(_stream(tiny, count)) == count


def test_no_step_is_computed_in_vain(
    tiny: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    lengths: list[int] = []
    run = tiny.model.language_model.forward

    def counted(*args: Any, **kwargs: Any) -> Any:
        lengths.append(kwargs["inputs_embeds"].shape[1])
        return run(*args, **kwargs)

    monkeypatch.setattr(tiny.model.language_model, "forward", counted)
    _stream(tiny, 4)
    assert lengths == [_prompt(tiny)["input_ids"].shape[1], 1, 1, 1]


def test_closing_frees_the_cache_at_once(
    tiny: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    caches: list[weakref.ref[DynamicCache]] = []

    class Watched(DynamicCache):
        def __init__(self) -> None:
            super().__init__()
            caches.append(weakref.ref(self))

    monkeypatch.setattr("dragonfly.model.generation.DynamicCache", Watched)
    stream = stream_tokens(
        tiny.model, **_prompt(tiny), max_new_tokens=9, stop_ids=NEVER
    )
    assert isinstance(stream, Generator)
    next(stream)
    gc.disable()
    try:
        assert caches[0]() is not None
        stream.close()
        assert caches[0]() is None
    finally:
        gc.enable()


def test_a_cache_of_the_caller_is_filled_in_place(tiny: Loaded) -> None:
    cache = DynamicCache()
    _stream(tiny, 4, past_key_values=cache)
    length = _prompt(tiny)["input_ids"].shape[1]
    assert cache.get_seq_length() == length + 3


def test_gradients_are_recorded_again_between_tokens(tiny: Loaded) -> None:
    stream = stream_tokens(
        tiny.model, **_prompt(tiny), max_new_tokens=4, stop_ids=NEVER
    )
    next(stream)
    assert torch.is_grad_enabled()
    assert not torch.is_inference_mode_enabled()


def test_the_same_seed_samples_the_same(tiny: Loaded) -> None:
    one = _stream(tiny, temperature=1.5, seed=7)
    torch.manual_seed(99)
    assert _stream(tiny, temperature=1.5, seed=7) == one
    assert _stream(tiny, temperature=1.5, seed=8) != one


def test_sampling_leaves_the_global_generator_alone(tiny: Loaded) -> None:
    before = torch.get_rng_state()
    _stream(tiny, 4, temperature=1.0, seed=3)
    assert torch.equal(torch.get_rng_state(), before)


def test_sampling_follows_the_probabilities() -> None:
    sampler = Sampler(temperature=1.0, seed=0)
    logits = torch.tensor([0.25, 0.75]).log()
    drawn = [sampler.choose(logits) for _ in range(2000)]
    assert sum(drawn) / len(drawn) == pytest.approx(0.75, abs=0.04)


def test_a_low_temperature_approaches_the_likeliest() -> None:
    sampler = Sampler(temperature=0.01, seed=0)
    logits = torch.tensor([1.0, 1.2, 0.9])
    assert {sampler.choose(logits) for _ in range(50)} == {1}


def test_more_than_one_sample_is_refused(tiny: Loaded) -> None:
    inputs = tiny.processor(text=["a", "b"])
    stream = stream_tokens(tiny.model, **inputs, max_new_tokens=1, stop_ids=NEVER)
    with pytest.raises(ValueError, match="one sample"):
        next(stream)
