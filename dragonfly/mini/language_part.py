"""SmolLM2-135M-Instruct out of a GGUF file, with Dragonfly's special tokens added."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from tokenizers import AddedToken
from tokenizers.pre_tokenizers import Sequence, Split
from tokenizers.processors import TemplateProcessing
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedTokenizerBase
from transformers.utils import logging

from dragonfly.model.processing import BEGIN_TOKEN, END_TOKEN

SPECIAL_TOKENS = {
    BEGIN_TOKEN: "<|endoftext|>",
    END_TOKEN: "<|endoftext|>",
    "<|start_header_id|>": "<|im_start|>",
    "<|end_header_id|>": "\n",
    "<|eot_id|>": "<|im_end|>",
    **{f"<|reserved_special_token_{i}|>": "<|endoftext|>" for i in range(6)},
}
"""Each special token of Llama 3's chat format, and the token of SmolLM2 that plays the
nearest part: its embedding is where the new one starts."""
VOCABULARY_MULTIPLE = 64


def read_tokenizer(file: Path) -> PreTrainedTokenizerBase:
    """The tokenizer with Dragonfly's special tokens; it begins each text as Llama 3."""
    tokenizer = AutoTokenizer.from_pretrained(file.parent, gguf_file=file.name)
    added = [
        AddedToken(token, special=True, normalized=False) for token in SPECIAL_TOKENS
    ]
    tokenizer.add_tokens(added, special_tokens=True)
    begin = tokenizer.convert_tokens_to_ids(BEGIN_TOKEN)
    # Else the break before an answer is one token when a prompt ends with it and two
    # when the answer follows, and the model is asked what it was never trained on.
    tokenizer.backend_tokenizer.pre_tokenizer = Sequence(
        [Split("\n", "isolated"), tokenizer.backend_tokenizer.pre_tokenizer]
    )
    tokenizer.backend_tokenizer.post_processor = TemplateProcessing(
        single=f"{BEGIN_TOKEN} $A",
        pair=f"{BEGIN_TOKEN} $A {BEGIN_TOKEN} $B",
        special_tokens=[(BEGIN_TOKEN, begin)],
    )
    tokenizer.bos_token, tokenizer.eos_token = BEGIN_TOKEN, END_TOKEN
    tokenizer.pad_token = END_TOKEN
    tokenizer.chat_template = None
    return tokenizer


def read_language_model(file: Path, tokenizer: PreTrainedTokenizerBase) -> Any:
    """The Llama-architecture model, float32, grown to the tokenizer's vocabulary."""
    progress = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        model = AutoModelForCausalLM.from_pretrained(
            file.parent, gguf_file=file.name, dtype=torch.float32
        )
    finally:
        if progress:
            logging.enable_progress_bar()
    del model.config.quantization_config
    model.resize_token_embeddings(
        len(tokenizer), pad_to_multiple_of=VOCABULARY_MULTIPLE, mean_resizing=False
    )
    _start_special_tokens(model, tokenizer)
    model.config.bos_token_id = tokenizer.bos_token_id
    model.config.eos_token_id = tokenizer.eos_token_id
    model.config.pad_token_id = tokenizer.pad_token_id
    return model


@torch.no_grad()
def _start_special_tokens(model: Any, tokenizer: PreTrainedTokenizerBase) -> None:
    weight = model.get_input_embeddings().weight
    for token, nearest in SPECIAL_TOKENS.items():
        ids = tokenizer(nearest, add_special_tokens=False).input_ids
        weight[tokenizer.convert_tokens_to_ids(token)] = weight[ids].mean(dim=0)
