"""`DragonflyProcessor`: pictures and chat text to the tensors the model takes.

Image tokens come first, then the text; the crops of each picture remember where they
lie in it. The same code serves training (right padding, end token, labels) and
generation (left padding, open end).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, Self, cast

import torch
from PIL import Image
from torch import Tensor
from transformers import BatchFeature, PreTrainedTokenizerBase

from dragonfly.geometry import Size
from dragonfly.model.batch import TextBatch, label_after_bos, pad_batch
from dragonfly.model.config import DragonflyConfig
from dragonfly.model.crops import CropPlan, Pixels, cut_crops, plan_crops
from dragonfly.model.layout import CropLayout
from dragonfly.model.preprocessing import Normalisation
from dragonfly.model.tokenizer import (
    END_OF_TURN,
    load_tokenizer,
    save_tokenizer,
)

IMAGE_TOKEN = "<|reserved_special_token_0|>"  # noqa: S105
NEWLINE_TOKEN = "<|reserved_special_token_1|>"  # noqa: S105
BEGIN_TOKEN = "<|begin_of_text|>"  # noqa: S105
END_TOKEN = "<|end_of_text|>"  # noqa: S105
DEFAULT_MAX_LENGTH = 2048


class DragonflyInputs(BatchFeature):
    """Tensors for `model(**inputs)`; `crops` tells where each crop lies."""

    crops: tuple[CropPlan, ...] = ()


class DragonflyProcessor:
    """Turns chat text and pictures into model inputs.

    Args:
        tokenizer: a Llama 3 tokenizer with the reserved special tokens.
        layout: the crops of one picture.
        normalisation: mean and standard deviation per channel.
    """

    def __init__(
        self,
        tokenizer: PreTrainedTokenizerBase,
        layout: CropLayout,
        normalisation: Normalisation | None = None,
    ) -> None:
        self.tokenizer = tokenizer
        self.layout = layout
        self.normalisation = normalisation or Normalisation()
        vocabulary = tokenizer.get_vocab()
        self.image_token_id: int = vocabulary[IMAGE_TOKEN]
        self.newline_token_id: int = vocabulary[NEWLINE_TOKEN]
        self.begin_token_id: int = vocabulary[BEGIN_TOKEN]
        self.end_token_id: int = vocabulary[END_TOKEN]
        self.pad_token_id: int = tokenizer.eos_token_id
        self.stop_ids = frozenset(
            {self.end_token_id, vocabulary[END_OF_TURN], self.pad_token_id}
        )

    @classmethod
    def from_pretrained(cls, path: str | os.PathLike[str], **kwargs: Any) -> Self:
        """Read the tokenizer, the layout and the normalisation of a checkpoint.

        Raises:
            ModelError: CHECKPOINT_INCOMPLETE or VISION_TOWER_MISSING.
        """
        config = DragonflyConfig.from_pretrained(path, **kwargs)
        return cls(load_tokenizer(path), config.layout, Normalisation.of(config))

    def save_pretrained(self, path: str | os.PathLike[str]) -> None:
        """Write the tokenizer and `preprocessor_config.json`.

        The layout is part of the model's configuration and saved with it.
        """
        save_tokenizer(self.tokenizer, path)
        self.normalisation.save(path, self.layout.crop_px)

    def __call__(
        self,
        text: str | Sequence[str] | None = None,
        images: Image.Image | Sequence[Image.Image] | None = None,
        *,
        is_generate: bool = True,
        labels_from: str | None = None,
        max_length: int = DEFAULT_MAX_LENGTH,
        return_tensors: str = "pt",
    ) -> DragonflyInputs:
        """One batch of text with one picture each, or of text alone.

        Args:
            text: chat texts, one per sample.
            images: pictures, one per sample, of any size and mode.
            is_generate: pad on the left and leave the end open; False pads on the
                right and closes each text, as in training.
            labels_from: "after_bos" adds the published training labels.
            max_length: beside a picture the text keeps half of it, and alone in
                training all of it (as published).
            return_tensors: only "pt".

        Returns:
            `input_ids`, `attention_mask` of shape (batch, length); with pictures
            also `pixel_values` of shape (batch, crops, 3, crop_px, crop_px) and
            `image_patches_indices` of shape (batch, length), the index of the visual
            token at each position, -1 elsewhere; with labels also `labels`.

        Raises:
            ValueError: nothing was given, or texts and pictures differ in number.
        """
        if return_tensors != "pt":
            raise ValueError("only return_tensors='pt' is supported")
        pictures = _as_list(images)
        texts = _as_list(text) or ["" for _ in pictures]
        if not texts or (pictures and len(texts) != len(pictures)):
            raise ValueError("give one text per picture, or texts alone")
        training = labels_from is not None or not is_generate
        batch = self.encode_texts(texts, bool(pictures), training, max_length)
        inputs = DragonflyInputs(batch.as_dict())
        if pictures:
            inputs.crops = tuple(self.plan(picture) for picture in pictures)
            inputs["pixel_values"] = self._pixel_values(pictures, inputs.crops)
        if labels_from is not None:
            inputs["input_ids"], inputs["labels"] = self._labels(
                batch.input_ids, labels_from
            )
        return inputs

    def plan(self, picture: Image.Image) -> CropPlan:
        return plan_crops(Size(*picture.size), self.layout)

    def normalise(self, crops: Pixels, device: torch.device | str = "cpu") -> Tensor:
        """uint8 crops of shape (n, h, w, 3) to float32 of shape (n, 3, h, w)."""
        return self.normalisation.apply(torch.from_numpy(crops).to(device))

    def encode_texts(
        self,
        texts: Sequence[str],
        with_pictures: bool,
        training: bool = False,
        max_length: int = DEFAULT_MAX_LENGTH,
        zoomed: int | None = None,
    ) -> TextBatch:
        """Token ids with the places of the visual tokens, padded to one length.

        Args:
            zoomed: mid and high crops per picture; None for the whole layout.
        """
        if with_pictures:
            places = self.layout.image_token_indices(zoomed)
            rows = [
                self._image_row(text, training, max_length, places) for text in texts
            ]
        else:
            rows = [self._text_row(text, training, max_length) for text in texts]
        return pad_batch(
            rows, self.pad_token_id, "right" if training else "left", with_pictures
        )

    def _image_row(
        self, text: str, training: bool, max_length: int, places: list[int]
    ) -> tuple[list[int], list[int]]:
        image = [
            self.image_token_id if index >= 0 else self.newline_token_id
            for index in places
        ]
        words = self._tokens(text)[: max_length // 2 - 1]
        if training:
            words = [*words, self.end_token_id]
        return image + words, places + [-1] * len(words)

    def _text_row(
        self, text: str, training: bool, max_length: int
    ) -> tuple[list[int], list[int]]:
        if training:
            words = self._tokens(text + END_TOKEN)[:max_length]
        else:
            words = self._tokens(text)
        return words, [-1] * len(words)

    def text_length(self, text: str) -> int:
        """Tokens of a text, before any truncation."""
        return len(self._tokens(text))

    def _tokens(self, text: str) -> list[int]:
        return cast(
            "list[int]", self.tokenizer(text, add_special_tokens=True).input_ids
        )

    def _pixel_values(
        self, pictures: Sequence[Image.Image], plans: Sequence[CropPlan]
    ) -> Tensor:
        return torch.stack(
            [
                self.normalise(cut_crops(picture, plan, self.layout))
                for picture, plan in zip(pictures, plans, strict=True)
            ]
        )

    def _labels(self, input_ids: Tensor, labels_from: str) -> tuple[Tensor, Tensor]:
        if labels_from != "after_bos":
            raise ValueError(f"unknown labels_from {labels_from!r}")
        return label_after_bos(input_ids, self.begin_token_id, self.end_token_id)

    def decode(self, token_ids: Tensor | Sequence[int]) -> str:
        """Words of generated ids, without special tokens."""
        text = self.tokenizer.decode(
            token_ids, skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
        return cast(str, text)

    def batch_decode(self, token_ids: Tensor, **kwargs: Any) -> list[str]:
        return cast("list[str]", self.tokenizer.batch_decode(token_ids, **kwargs))


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return [value] if isinstance(value, str | Image.Image) else list(value)
