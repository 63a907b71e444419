"""Our token-by-token loop against the library's `generate`, on the same weights.

    python -m benchmarks.generate --prompt 256 --tokens 64

Random weights in the shape of a 135-million-parameter Llama. Both produce the same
greedy tokens, which is checked first.
"""

import argparse
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from benchmarks.measure import median_ratio, print_table, time_interleaved
from dragonfly.model import DragonflyConfig, DragonflyForCausalLM
from dragonfly.model.generation import stream_tokens
from dragonfly.model.precision import default_dtype

TEXT: dict[str, Any] = {
    "model_type": "llama",
    "vocab_size": 49152,
    "hidden_size": 576,
    "intermediate_size": 1536,
    "num_hidden_layers": 30,
    "num_attention_heads": 9,
    "num_key_value_heads": 3,
    "tie_word_embeddings": True,
}
VISION = {
    "model_type": "clip_vision_model",
    "hidden_size": 64,
    "intermediate_size": 64,
    "num_hidden_layers": 1,
    "num_attention_heads": 1,
}
OURS, LIBRARY = "stream_tokens", "generate"


def main() -> None:
    options = _options()
    device = torch.device(options.device)
    dtype = getattr(torch, options.dtype) if options.dtype else default_dtype(device)
    model = _model().to(device, dtype)
    prompt = torch.randint(3, TEXT["vocab_size"], (1, options.prompt), device=device)
    if _stream(model, prompt, 8) != _generate(model, prompt, 8):
        raise SystemExit("the two do not generate the same tokens")
    print(f"prompt {options.prompt}, {options.tokens} new tokens, {dtype}, {device}")
    whole = _compare(model, prompt, options.tokens, options.rounds)
    first = _compare(model, prompt, 1, options.rounds)
    print(f"ratio: {OURS} makes {whole:.2f} times the tokens per second of {LIBRARY}")
    print(f"ratio: its first token comes {first:.2f} times as early")


def _compare(
    model: DragonflyForCausalLM, prompt: Tensor, tokens: int, rounds: int
) -> float:
    ways: dict[str, Callable[[], object]] = {
        LIBRARY: lambda: _generate(model, prompt, tokens),
        OURS: lambda: _stream(model, prompt, tokens),
    }
    seconds = time_interleaved(ways, rounds)
    print_table(seconds, "tokens", tokens)
    return median_ratio(seconds, LIBRARY, OURS)


def _model() -> DragonflyForCausalLM:
    torch.manual_seed(0)
    config = DragonflyConfig(text_config=TEXT, vision_config=VISION)
    model = DragonflyForCausalLM(config)
    model.eval()
    return model


def _stream(model: DragonflyForCausalLM, prompt: Tensor, tokens: int) -> list[int]:
    never: frozenset[int] = frozenset()
    return list(
        stream_tokens(model, input_ids=prompt, max_new_tokens=tokens, stop_ids=never)
    )


@torch.inference_mode()
def _generate(model: DragonflyForCausalLM, prompt: Tensor, tokens: int) -> list[int]:
    ids = model.language_model.generate(
        input_ids=prompt,
        attention_mask=torch.ones_like(prompt),
        max_new_tokens=tokens,
        do_sample=False,
        eos_token_id=None,
        pad_token_id=0,
    )
    new: list[int] = ids[0, prompt.shape[1] :].tolist()
    return new


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prompt", type=int, default=256)
    parser.add_argument("--tokens", type=int, default=64)
    parser.add_argument("--dtype", choices=("float32", "bfloat16", "float16"))
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--rounds", type=int, default=5)
    return parser.parse_args()


if __name__ == "__main__":
    main()
