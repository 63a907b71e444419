"""Low-rank factors (arXiv 2106.09685) on a Dragonfly model, and their merging."""

from __future__ import annotations

import warnings
from typing import Any

from peft import LoraConfig, PeftModel, get_peft_model
from transformers import PreTrainedTokenizerBase

from dragonfly.model import DragonflyForCausalLM
from dragonfly.training.args import LoraArgs
from dragonfly.training.errors import TrainingError
from dragonfly.training.freezing import freeze_unreached

EMBEDDINGS = "embed_tokens"


def add_lora(
    model: DragonflyForCausalLM, args: LoraArgs, tokenizer: PreTrainedTokenizerBase
) -> None:
    """Put factors beside the named layers; the layers themselves stop learning.

    Raises:
        TrainingError: LORA_INVALID, no such layer or token.
    """
    ids = _token_ids(args.new_tokens, tokenizer)
    model.language_model = _wrapped(
        model.language_model, args, args.targets, {EMBEDDINGS: ids} if ids else None
    )
    if args.encoder:
        tower = model.image_encoder
        tower.vision_model = _wrapped(tower.vision_model, args, args.encoder_targets)
        freeze_unreached(model)


def merge_lora(model: DragonflyForCausalLM) -> None:
    """Add the factors to the layers and remove them; the names are as published."""
    if isinstance(model.language_model, PeftModel):
        model.language_model = _merged(model.language_model)
        model.language_model.config.tie_word_embeddings = (
            model.config.text_config.tie_word_embeddings
        )
    if isinstance(model.image_encoder.vision_model, PeftModel):
        model.image_encoder.vision_model = _merged(model.image_encoder.vision_model)


def _merged(wrapped: Any) -> Any:
    return wrapped.merge_and_unload()


def _wrapped(
    module: Any,
    args: LoraArgs,
    targets: tuple[str, ...],
    tokens: dict[str, list[int]] | None = None,
) -> PeftModel:
    config = LoraConfig(
        r=args.rank,
        lora_alpha=args.alpha,
        lora_dropout=args.dropout,
        target_modules=list(targets),
        trainable_token_indices=tokens,
    )
    try:
        with warnings.catch_warnings():
            # peft asks by a name that transformers is about to drop.
            warnings.filterwarnings("ignore", "`is_gradient_ch", FutureWarning)
            return get_peft_model(module, config)
    except ValueError as error:
        raise TrainingError(
            "LORA_INVALID", f"The model has none of the layers {', '.join(targets)}."
        ) from error


def _token_ids(
    tokens: tuple[str, ...], tokenizer: PreTrainedTokenizerBase
) -> list[int]:
    vocabulary = tokenizer.get_vocab()
    unknown = [token for token in tokens if token not in vocabulary]
    if unknown:
        raise TrainingError(
            "LORA_INVALID", f"The tokenizer has no token “{unknown[0]}”."
        )
    return sorted(vocabulary[token] for token in tokens)
