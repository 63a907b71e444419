"""DINOv2 ViT-S/14 out of an ONNX file, under our tower's names.

The exporter renamed the weights of matrix multiplications and transposed them; the
nodes that use them still carry the layer's name. The position table of 37 x 37 patches
is resized once to the crop's 16 x 16, as DINOv2 itself does at every call.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor
from torch.nn import functional as F  # noqa: N812
from transformers import Dinov2Config

CROP_PX = 224
PATCH_PX = 14
IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
CLASS_POSITION_USER = "/backbone/embeddings/Concat_6"
PATCH_POSITION_USER = "/backbone/embeddings/Reshape_1"
RENAMED = (
    (r"^/?backbone[./]", ""),
    (r"encoder/layer\.|encoder\.layer\.", "layers."),
    (r"/", "."),
    (r"attention\.attention\.(query|key|value)", r"attention.\1_proj"),
    (r"attention\.output\.dense", "attention.o_proj"),
    (r"query_proj", "q_proj"),
    (r"key_proj", "k_proj"),
    (r"value_proj", "v_proj"),
    (r"\.MatMul$", ".weight"),
)


def vision_config() -> Dinov2Config:
    """The architecture, with a position table for one crop."""
    return Dinov2Config(
        hidden_size=384,
        num_hidden_layers=12,
        num_attention_heads=6,
        mlp_ratio=4,
        image_size=CROP_PX,
        patch_size=PATCH_PX,
        use_mask_token=False,
    )


def read_vision_part(file: Path) -> dict[str, Tensor]:
    """Tensors of `Dinov2Transformer`, float32.

    Args:
        file: the ONNX file; its decoder head is left out.
    """
    graph = onnx.load(file).graph
    stored = {
        tensor.name: torch.from_numpy(numpy_helper.to_array(tensor).copy())
        for tensor in graph.initializer
    }
    tensors = dict(_named(stored)) | dict(_multiplied(graph, stored))
    tensors["embeddings.position_embeddings"] = _positions(graph, stored)
    return tensors


def _named(stored: dict[str, Tensor]) -> Iterator[tuple[str, Tensor]]:
    for name, tensor in stored.items():
        if name.startswith("backbone."):
            yield rename(name), tensor


def _multiplied(
    graph: onnx.GraphProto, stored: dict[str, Tensor]
) -> Iterator[tuple[str, Tensor]]:
    for node in graph.node:
        if node.op_type == "MatMul" and node.input[1] in stored:
            yield rename(node.name), stored[node.input[1]].T.contiguous()


def _positions(graph: onnx.GraphProto, stored: dict[str, Tensor]) -> Tensor:
    inputs = {node.name: node.input[0] for node in graph.node if node.input}
    class_position = stored[inputs[CLASS_POSITION_USER]]
    patches = stored[inputs[PATCH_POSITION_USER]]
    side = round(patches.shape[1] ** 0.5)
    grid = patches.transpose(1, 2).unflatten(2, (side, side))
    wanted = CROP_PX // PATCH_PX
    resized = F.interpolate(grid, size=(wanted, wanted), mode="bicubic")
    return torch.cat([class_position, resized.flatten(2).transpose(1, 2)], dim=1)


def rename(name: str) -> str:
    """The name of a tensor in our tower, from its name or its node's in the file."""
    for pattern, replacement in RENAMED:
        name = re.sub(pattern, replacement, name)
    return name
