"""`Trainee`: the model as the loop sees it, from a batch to its loss in one call.

Everything that needs gradients happens inside `forward`, as wrappers for many devices
require.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from dragonfly.model import DragonflyForCausalLM
from dragonfly.model.preprocessing import Normalisation
from dragonfly.training.feature_form import unpack

READ = frozenset({"input_ids", "attention_mask", "image_patches_indices", "labels"})
"""What has one entry for each place of a sequence."""


class Trainee(nn.Module):
    """A Dragonfly model and the normalisation of its crops.

    Args:
        dragonfly: the model.
        normalisation: of its crops.
        patch_share: of the low crop's patches, those that a training batch sees.
    """

    def __init__(
        self,
        dragonfly: DragonflyForCausalLM,
        normalisation: Normalisation,
        patch_share: float = 1.0,
    ) -> None:
        super().__init__()
        self.dragonfly = dragonfly
        self.normalisation = normalisation
        self.patch_share = patch_share
        self._no_split_modules = list(dragonfly._no_split_modules)

    def forward(self, tensors: dict[str, Tensor], label_count: float) -> Tensor:
        """The summed loss of a batch, divided by `label_count`.

        Args:
            tensors: as `Batch` describes.
            label_count: tokens of all batches that the loss is a mean over.
        """
        visual = self.look(tensors)
        places = self._kept_places(tensors["labels"], visual is not None)
        seen = {name: each[:, places] for name, each in tensors.items() if name in READ}
        embeddings = self.dragonfly.embed(
            seen["input_ids"], visual, seen.get("image_patches_indices")
        )
        loss = self.dragonfly.summed_loss(
            embeddings, seen["attention_mask"], places[None], seen["labels"]
        )
        return loss / label_count

    def _kept_places(self, labels: Tensor, with_pictures: bool) -> Tensor:
        """Ascending places of a batch's sequence that the language model reads.

        What stays keeps its place, so that a picture means the same with all patches.
        """
        places = torch.arange(labels.shape[1], device=labels.device)
        if not (with_pictures and self.training and self.patch_share < 1):
            return places
        patches = self.dragonfly.layout.patch_tokens
        left_out = torch.rand(patches, device=labels.device).argsort()[
            max(1, round(patches * self.patch_share)) :
        ]
        kept = torch.ones_like(places, dtype=torch.bool)
        kept[1 + left_out] = False  # behind the class token
        return places[kept]

    def look(self, tensors: dict[str, Tensor]) -> Tensor | None:
        """Visual tokens of a batch's pictures, (batch, tokens, hidden); None of none.

        Args:
            tensors: with `crops` or `features`, as `Batch` describes.
        """
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
