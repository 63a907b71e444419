"""Dragonfly, the large multimodal model: crops and text in, logits out.

Vision tower, linear projector and a Llama-architecture language model, with the
published tensor names (`image_encoder.vision_model.*`, `vision_embed_tokens.*`,
`language_model.*`). It knows nothing of slides: pictures arrive as crops.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812
from transformers import AutoModelForCausalLM, GenerationMixin, PreTrainedModel
from transformers.cache_utils import Cache
from transformers.modeling_outputs import CausalLMOutputWithPast
from transformers.models.clip.modeling_clip import CLIPVisionEmbeddings

from dragonfly.model.batch import IGNORED_LABEL
from dragonfly.model.config import DragonflyConfig
from dragonfly.model.layout import CropLayout
from dragonfly.model.selection import (
    score_high_crops,
    select_high_crops,
    take_crops,
)
from dragonfly.model.tower_weights import load_missing_tower, save_tower
from dragonfly.model.vision import VisionTower, pool_patches, restore_positions
from dragonfly.model.weights import Recasting

SelectedCrops = list[list[int]]
HEAD = "language_model.lm_head.weight"


@dataclass
class DragonflyOutput(CausalLMOutputWithPast):
    """Logits, the loss when labels were given, and the kept high crops (v1)."""

    selected_crops: SelectedCrops | None = None


@dataclass(frozen=True)
class VisualTokens:
    """What the language model sees of one picture per sample.

    `embeddings` has shape (batch, visual tokens, hidden). With selection inside the
    picture, `selected` lists the kept high crops of each sample in ascending order
    and `scores`, of shape (batch, high crops), how each competed; else both are None.
    """

    embeddings: Tensor
    selected: SelectedCrops | None = None
    scores: Tensor | None = None


class DragonflyForCausalLM(PreTrainedModel, GenerationMixin):
    """The model as published; `from_pretrained` loads published checkpoints."""

    config_class = DragonflyConfig
    config: DragonflyConfig
    base_model_prefix = "dragonfly"
    main_input_name = "input_ids"
    supports_gradient_checkpointing = True
    _supports_sdpa = True
    _supports_flash_attn = True
    _no_split_modules = ("LlamaDecoderLayer", "CLIPEncoderLayer", "Dinov2Layer")
    _skip_keys_device_placement = ("past_key_values",)

    def __init__(self, config: DragonflyConfig) -> None:
        super().__init__(config)
        vision = config.resolve_vision()
        self.layout: CropLayout = config.layout
        # Else a number format inside text_config would win over the one asked for.
        self.language_model = AutoModelForCausalLM.from_config(
            config.text_config, dtype=torch.get_default_dtype()
        )
        self.image_encoder = VisionTower(vision)
        self.vision_embed_tokens = nn.Linear(
            vision.hidden_size, config.text_config.hidden_size
        )
        self.post_init()

    @classmethod
    def from_pretrained(
        cls, pretrained_model_name_or_path: str | os.PathLike[str], **kwargs: Any
    ) -> Self:
        """Load a published or our own checkpoint; pickled weights are never opened.

        Args:
            pretrained_model_name_or_path: the checkpoint's folder.
            **kwargs: as the library's; `variant` overrides the inferred crop layout.

        Raises:
            ModelError: VISION_TOWER_MISSING, its vision tower is nowhere to be found.
        """
        wants_info = kwargs.pop("output_loading_info", False)
        variant = kwargs.pop("variant", None)
        if variant is not None:
            kwargs["config"] = DragonflyConfig.from_pretrained(
                pretrained_model_name_or_path, variant=variant
            )
        recasting = Recasting.plan(Path(pretrained_model_name_or_path), kwargs)
        model, info = super().from_pretrained(
            pretrained_model_name_or_path,
            output_loading_info=True,
            **{"use_safetensors": True, **kwargs},
        )
        load_missing_tower(model, info)
        if recasting is not None:
            recasting.apply(model)
        return cast(Self, (model, info) if wants_info else model)

    def save_pretrained(
        self, save_directory: str | os.PathLike[str], **kwargs: Any
    ) -> None:
        state = dict(kwargs.pop("state_dict", None) or self.state_dict())
        if HEAD in state and self.config.text_config.tie_word_embeddings:
            # The public code does not tie them again after loading.
            state[HEAD] = state[HEAD].clone()
        super().save_pretrained(save_directory, state_dict=state, **kwargs)
        save_tower(self, save_directory)

    def get_input_embeddings(self) -> nn.Module:
        return cast(nn.Module, self.language_model.get_input_embeddings())

    def set_input_embeddings(self, value: nn.Module) -> None:
        self.language_model.set_input_embeddings(value)

    def get_output_embeddings(self) -> nn.Module:
        return cast(nn.Module, self.language_model.get_output_embeddings())

    def encode_crops(self, pixel_values: Tensor) -> Tensor:
        """Features of crops, all in one encoder call.

        Args:
            pixel_values: normalised crops, shape (n, 3, crop_px, crop_px).

        Returns:
            shape (n, 1 + patches, vision hidden), before pooling and projection.
        """
        dtype = self.vision_embed_tokens.weight.dtype
        return cast(Tensor, self.image_encoder(pixel_values.to(dtype)))

    def visual_tokens(self, features: Tensor) -> VisualTokens:
        """Pool, project and select the features of all crops of a batch.

        Args:
            features: shape (batch, crops, 1 + patches, vision hidden): all of
                `layout.crop_count`, or fewer that somebody else selected.
        """
        low, mid, high = self._project(features)
        selected, scores = None, None
        if (
            self.layout.high == "selected"
            and high.shape[1] == self.layout.high_candidates
        ):
            scores = score_high_crops(mid, high)
            kept = select_high_crops(scores, self.layout.top_k)
            high, selected = take_crops(high, kept), kept.tolist()
            scores = scores.flatten(1)
        parts = [part.flatten(1, 2) for part in (low, mid, high)]
        return VisualTokens(torch.cat(parts, dim=1), selected, scores)

    def _project(self, features: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        # Projection is linear, so pooling before it gives the same tokens for less.
        low = self.vision_embed_tokens(features[:, :1])
        rest = pool_patches(features[:, 1:].flatten(0, 1), self.layout.pool)
        rest = self.vision_embed_tokens(rest).unflatten(0, (len(features), -1))
        return low, rest[:, : self.layout.mid_count], rest[:, self.layout.mid_count :]

    def forward(
        self,
        input_ids: Tensor | None = None,
        pixel_values: Tensor | None = None,
        image_patches_indices: Tensor | None = None,
        visual_tokens: Tensor | None = None,
        attention_mask: Tensor | None = None,
        position_ids: Tensor | None = None,
        past_key_values: Cache | None = None,
        inputs_embeds: Tensor | None = None,
        labels: Tensor | None = None,
        **kwargs: Any,
    ) -> DragonflyOutput:
        """One pass over text and pictures.

        Args:
            input_ids: shape (batch, length).
            pixel_values: shape (batch, crops, 3, crop_px, crop_px); None for text
                alone and for all steps of generation after the first.
            image_patches_indices: shape (batch, length), the index of the visual
                token that stands at each position, -1 elsewhere.
            visual_tokens: shape (batch, visual tokens, hidden), in place of
                `pixel_values` where the crops are encoded already.
            labels: shape (batch, length), -100 where nothing is predicted.
        """
        selected = None
        if inputs_embeds is None:
            if pixel_values is not None and visual_tokens is None:
                features = self.encode_crops(pixel_values.flatten(0, 1))
                encoded = self.visual_tokens(
                    features.unflatten(0, pixel_values.shape[:2])
                )
                visual_tokens, selected = encoded.embeddings, encoded.selected
            inputs_embeds = self.embed(input_ids, visual_tokens, image_patches_indices)
        outputs = self.language_model(
            inputs_embeds=inputs_embeds,
            attention_mask=attention_mask,
            position_ids=position_ids,
            past_key_values=past_key_values,
            labels=labels,
            **kwargs,
        )
        return DragonflyOutput(**outputs, selected_crops=selected)

    def embed(
        self,
        input_ids: Tensor | None,
        visual_tokens: Tensor | None = None,
        image_patches_indices: Tensor | None = None,
    ) -> Tensor:
        """Words and visual tokens as the language model reads them.

        Args:
            input_ids, visual_tokens, image_patches_indices: as `forward` takes them.

        Returns:
            shape (batch, length, hidden).
        """
        embeddings = cast(Tensor, self.get_input_embeddings()(input_ids))
        if visual_tokens is None or image_patches_indices is None:
            return embeddings
        return place_visual_tokens(embeddings, visual_tokens, image_patches_indices)

    def summed_loss(
        self,
        embeddings: Tensor,
        attention_mask: Tensor,
        position_ids: Tensor,
        labels: Tensor,
    ) -> Tensor:
        """The loss of all labelled tokens together; no other token gets logits.

        A vocabulary is hundreds of times as wide as the model, so logits of what
        nobody asks for would take much of a short batch's time and memory.

        Args:
            embeddings: shape (batch, length, hidden).
            attention_mask: shape (batch, length).
            position_ids: shape (1, length).
            labels: shape (batch, length), -100 where nothing is predicted.
        """
        decoder = self.language_model.get_decoder()
        hidden = decoder(
            inputs_embeds=embeddings,
            attention_mask=attention_mask,
            position_ids=position_ids,
            use_cache=False,
        ).last_hidden_state
        predicted = labels[:, 1:]
        asked = predicted != IGNORED_LABEL
        logits = self.get_output_embeddings()(hidden[:, :-1][asked])
        return F.cross_entropy(logits.float(), predicted[asked], reduction="sum")

    def prepare_inputs_for_generation(
        self, input_ids: Tensor, is_first_iteration: bool = False, **kwargs: Any
    ) -> dict[str, Any]:
        """Pictures enter the first step alone; later steps find them in the cache."""
        inputs: dict[str, Any] = super().prepare_inputs_for_generation(
            input_ids, is_first_iteration=is_first_iteration, **kwargs
        )
        if not is_first_iteration and kwargs.get("use_cache", True):
            for name in ("pixel_values", "visual_tokens", "image_patches_indices"):
                inputs.pop(name, None)
        return inputs

    @torch.no_grad()
    def _init_weights(self, module: nn.Module) -> None:
        super()._init_weights(module)
        if isinstance(module, VisionTower):
            module.initialise(self.config.initializer_range)
        elif isinstance(module, CLIPVisionEmbeddings):
            restore_positions(module)


def place_visual_tokens(embeddings: Tensor, visual: Tensor, indices: Tensor) -> Tensor:
    """Put visual tokens where `indices` says, for all samples at once.

    Args:
        embeddings: word embeddings, shape (batch, length, hidden).
        visual: shape (batch, visual tokens, hidden).
        indices: shape (batch, length), -1 where the word embedding stays; words that
            were generated since may be absent from its end.
    """
    absent = embeddings.shape[1] - indices.shape[1]
    indices = F.pad(indices.to(visual.device), (0, absent), value=-1)
    source = indices.clamp(min=0)[..., None].expand(-1, -1, visual.shape[-1])
    placed = visual.gather(1, source).to(embeddings.dtype)
    return torch.where((indices >= 0)[..., None], placed, embeddings)
