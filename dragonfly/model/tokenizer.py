"""The checkpoint's tokenizer and the chat text that the model was trained on."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import cast

from transformers import AutoTokenizer, PreTrainedTokenizerBase

from dragonfly.errors import ModelError

END_OF_TURN = "<|eot_id|>"
SETTINGS = "tokenizer_config.json"
NEW_CLASS, OLD_CLASS = "TokenizersBackend", "PreTrainedTokenizerFast"


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


def save_tokenizer(
    tokenizer: PreTrainedTokenizerBase, path: str | os.PathLike[str]
) -> None:
    """Write the tokenizer under a class name that readers of every age know."""
    tokenizer.save_pretrained(path)
    file = Path(path) / SETTINGS
    settings = json.loads(file.read_text())
    if settings.get("tokenizer_class") == NEW_CLASS:
        settings["tokenizer_class"] = OLD_CLASS
    file.write_text(json.dumps(settings, indent=2, ensure_ascii=False) + "\n")


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
