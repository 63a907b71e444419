"""The checkpoint's tokenizer and the chat text that the model was trained on."""

from __future__ import annotations

import os
from typing import cast

from transformers import AutoTokenizer, PreTrainedTokenizerBase

from dragonfly.errors import ModelError

END_OF_TURN = "<|eot_id|>"


def load_tokenizer(path: str | os.PathLike[str]) -> PreTrainedTokenizerBase:
    """Read the tokenizer beside a checkpoint.

    Raises:
        ModelError: CHECKPOINT_INCOMPLETE, there is none.
    """
    try:
        tokenizer = AutoTokenizer.from_pretrained(path)
    except (OSError, ValueError) as error:
        raise ModelError(
            "CHECKPOINT_INCOMPLETE",
            "The checkpoint has no readable tokenizer beside its weights.",
        ) from error
    return cast(PreTrainedTokenizerBase, tokenizer)


def chat_prompt(question: str) -> str:
    """One user turn and the open assistant turn, in Llama 3's chat format.

    Special tokens inside the question are broken up, so that nobody can end the
    turn or forge an image from within it.
    """
    plain = question.replace("<|", "< |")
    return (
        f"<|start_header_id|>user<|end_header_id|>\n\n{plain}{END_OF_TURN}"
        "<|start_header_id|>assistant<|end_header_id|>\n\n"
    )
