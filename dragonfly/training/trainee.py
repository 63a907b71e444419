"""`Trainee`: the model as the loop sees it, from a batch to its loss in one call.

Everything that needs gradients happens inside `forward`, as wrappers for many devices
require.
"""

from __future__ import annotations

from typing import cast

from torch import Tensor, nn

from dragonfly.model import DragonflyForCausalLM
from dragonfly.model.preprocessing import Normalisation
from dragonfly.training.feature_form import unpack


class Trainee(nn.Module):
    """A Dragonfly model and the normalisation of its crops."""

    def __init__(
        self, dragonfly: DragonflyForCausalLM, normalisation: Normalisation
    ) -> None:
        super().__init__()
        self.dragonfly = dragonfly
        self.normalisation = normalisation
        self._no_split_modules = list(dragonfly._no_split_modules)

    def forward(self, tensors: dict[str, Tensor], label_count: float) -> Tensor:
        """The summed loss of a batch, divided by `label_count`.

        Args:
            tensors: as `Batch` describes.
            label_count: tokens of all batches that the loss is a mean over.
        """
        visual = self._look(tensors)
        labels = tensors["labels"]
        # Logits over image positions predict nothing, but the last predicts the text.
        first = 0 if visual is None else self.dragonfly.layout.sequence_length - 1
        output = self.dragonfly(
            input_ids=tensors["input_ids"],
            attention_mask=tensors["attention_mask"],
            visual_tokens=visual,
            image_patches_indices=tensors.get("image_patches_indices"),
            labels=labels[:, first:].contiguous(),
            logits_to_keep=labels.shape[1] - first,
            num_items_in_batch=label_count,
            use_cache=False,
        )
        return cast(Tensor, output.loss)

    def _look(self, tensors: dict[str, Tensor]) -> Tensor | None:
        model = self.dragonfly
        if "crops" in tensors:
            crops = tensors["crops"]
            pixels = self.normalisation.apply(crops.flatten(0, 1))
            features = model.encode_crops(pixels).unflatten(0, crops.shape[:2])
        elif "features" in tensors:
            dtype = model.vision_embed_tokens.weight.dtype
            features = unpack(tensors["features"].to(dtype), model.layout)
        else:
            return None
        return model.visual_tokens(features).embeddings
