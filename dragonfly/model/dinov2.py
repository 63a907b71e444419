"""DINOv2 as a vision tower (arXiv 2304.07193), for models smaller than the published.

As with CLIP, features are the hidden state before the last layer.
"""

from typing import cast

from torch import Tensor, nn
from transformers.models.dinov2.configuration_dinov2 import Dinov2Config
from transformers.models.dinov2.modeling_dinov2 import Dinov2Embeddings, Dinov2Layer


class Dinov2Transformer(nn.Module):
    """The DINOv2 vision transformer; its position table fits the crop size."""

    def __init__(self, config: Dinov2Config) -> None:
        super().__init__()
        self.embeddings = Dinov2Embeddings(config)
        self.layers = nn.ModuleList(
            Dinov2Layer(config) for _ in range(config.num_hidden_layers)
        )
        self.layernorm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)

    def forward(self, pixel_values: Tensor) -> Tensor:
        """Hidden state before the last layer, shape (n, 1 + patches, hidden)."""
        hidden = self.embeddings(pixel_values)
        for layer in self.layers[:-1]:
            hidden = layer(hidden)
        return cast(Tensor, hidden)
