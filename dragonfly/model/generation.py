"""Token by token, for one sample, in a loop that can be left at any moment.

It knows nothing of slides or chat: ids and visual tokens in, ids out.
"""

from collections.abc import Iterator

import torch
from torch import Tensor
from transformers import DynamicCache, PreTrainedTokenizerBase

from dragonfly.model.dragonfly import DragonflyForCausalLM

REPLACEMENT = "\ufffd"
MAX_INCOMPLETE = 3
"""Bytes of a UTF-8 character that can wait for their last one."""
WINDOW = 32


def stream_tokens(
    model: DragonflyForCausalLM,
    *,
    input_ids: Tensor,
    attention_mask: Tensor | None = None,
    visual_tokens: Tensor | None = None,
    image_patches_indices: Tensor | None = None,
    max_new_tokens: int,
    stop_ids: frozenset[int],
    temperature: float = 0.0,
    seed: int | None = None,
    past_key_values: DynamicCache | None = None,
) -> Iterator[int]:
    """Generate token ids one after the other.

    The prompt runs once, then one token at a time. Closing the generator frees the
    key-value cache at once, unless the caller brought it.

    Args:
        model: the model, on one device or several.
        input_ids: shape (1, length).
        attention_mask: shape (1, length), 0 where `input_ids` is padding.
        visual_tokens: shape (1, visual tokens, hidden), from `model.visual_tokens`.
        image_patches_indices: shape (1, length), where visual tokens stand.
        max_new_tokens: the most tokens to generate.
        stop_ids: ids that end the text; they are not generated themselves.
        temperature: 0 takes the likeliest token, more samples.
        seed: makes sampling repeatable; None draws a new one.
        past_key_values: an empty cache to fill in place.

    Raises:
        ValueError: more than one sample.
    """
    if len(input_ids) != 1:
        raise ValueError("stream_tokens generates for one sample at a time")
    cache = DynamicCache() if past_key_values is None else past_key_values
    kept = _kept_positions(input_ids, attention_mask)
    logits = _next_logits(
        model,
        cache,
        input_ids[:, kept],
        visual_tokens,
        None if image_patches_indices is None else image_patches_indices[:, kept],
    )
    sampler = Sampler(temperature, seed)
    for produced in range(1, max_new_tokens + 1):
        token = sampler.choose(logits)
        if token in stop_ids:
            return
        yield token
        if produced < max_new_tokens:
            logits = _next_logits(model, cache, input_ids.new_tensor([[token]]))


def _kept_positions(input_ids: Tensor, attention_mask: Tensor | None) -> Tensor:
    # Without its padding a single sample needs neither mask nor position ids.
    mask = torch.ones_like(input_ids) if attention_mask is None else attention_mask
    return mask[0].bool()


@torch.inference_mode()
def _next_logits(
    model: DragonflyForCausalLM,
    cache: DynamicCache,
    input_ids: Tensor,
    visual_tokens: Tensor | None = None,
    image_patches_indices: Tensor | None = None,
) -> Tensor:
    output = model(
        input_ids=input_ids,
        visual_tokens=visual_tokens,
        image_patches_indices=image_patches_indices,
        past_key_values=cache,
        use_cache=True,
        logits_to_keep=1,
    )
    logits: Tensor = output.logits[0, -1]
    return logits


class Sampler:
    """Chooses the next token; the same seed chooses the same on every device.

    Args:
        temperature: 0 takes the likeliest token; higher is more random.
        seed: of its own generator; None draws a new one.
    """

    def __init__(self, temperature: float = 0.0, seed: int | None = None) -> None:
        self.temperature = temperature
        self.generator = torch.Generator()
        if seed is None:
            self.generator.seed()
        else:
            self.generator.manual_seed(seed)

    def choose(self, logits: Tensor) -> int:
        """A token id, given logits of shape (vocabulary,)."""
        if self.temperature <= 0:
            return int(logits.argmax())
        scaled = logits.to("cpu", torch.float32) / self.temperature
        return int(torch.multinomial(scaled.softmax(-1), 1, generator=self.generator))


class IncrementalText:
    """Token ids to pieces of text that, joined, are the text of all ids.

    A character whose bytes are spread over tokens is held back until it is whole.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase) -> None:
        self._tokenizer = tokenizer
        self._window: list[int] = []
        self._shown = 0

    def push(self, token_id: int) -> str:
        """The text that this token settles; often a word, sometimes nothing."""
        self._window.append(token_id)
        text = self._decode()
        settled = _settled_length(text)
        piece = text[self._shown : settled]
        self._shown = max(self._shown, settled)
        if settled == len(text) and len(self._window) >= WINDOW:
            self._window = self._window[-WINDOW // 2 :]
            self._shown = len(self._decode())
        return piece

    def finish(self) -> str:
        """What was held back: an incomplete character shows as U+FFFD."""
        text = self._decode()
        piece, self._shown = text[self._shown :], len(text)
        return piece

    def _decode(self) -> str:
        text: str = self._tokenizer.decode(
            self._window, skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
        return text


def _settled_length(text: str) -> int:
    held = len(text) - len(text.rstrip(REPLACEMENT))
    return len(text) - min(held, MAX_INCOMPLETE)
