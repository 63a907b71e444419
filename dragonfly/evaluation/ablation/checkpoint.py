"""The checkpoint that a variant starts from: the base's weights under other crops.

Files that stay as they are become links to the base, so a variant costs no disk. At
another resolution the encoder's position table is resampled, as is usual for vision
transformers (arXiv 2010.11929, section 3.2), and the file that holds it is written.
"""

from __future__ import annotations

import json
import os
import shutil
from math import isqrt
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from dragonfly.evaluation.ablation.layouts import override_of
from dragonfly.evaluation.errors import EvaluationError
from dragonfly.model.checkpoint import CONFIG
from dragonfly.model.config import DragonflyConfig
from dragonfly.model.layout import CropLayout
from dragonfly.model.preprocessing import FILE, Normalisation
from dragonfly.model.weights import weight_files

POSITIONS = (
    "image_encoder.vision_model.embeddings.position_embedding.weight",
    "image_encoder.vision_model.embeddings.position_embeddings",
)


def write_variant(base: Path, layout: CropLayout, folder: Path) -> None:
    """Make `folder` a checkpoint with the weights of `base` and this layout.

    The folder is whole or absent.

    Raises:
        ModelError: the base cannot be read.
        EvaluationError: RESOLUTION_UNSUPPORTED.
    """
    config = DragonflyConfig.from_pretrained(base)
    draft = folder.with_name(folder.name + ".partial")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    written = {CONFIG}
    _write_config(base, config, layout, draft)
    if layout.crop_px != config.layout.crop_px:
        written |= {FILE, _resample_positions(base, layout, draft)}
        Normalisation.of(config).save(draft, layout.crop_px)
    for entry in base.iterdir():
        if entry.name not in written:
            (draft / entry.name).symlink_to(entry.resolve())
    os.rename(draft, folder)


def _write_config(
    base: Path, config: DragonflyConfig, layout: CropLayout, folder: Path
) -> None:
    # The file's own fields, so that the variant differs from the base in nothing else.
    fields = json.loads((base / CONFIG).read_text())
    fields["crop_layout"] = override_of(layout)
    if layout.crop_px != config.layout.crop_px:
        vision = config.resolve_vision().to_dict()
        fields["vision_config"] = vision | {"image_size": layout.crop_px}
    (folder / CONFIG).write_text(json.dumps(fields, indent=2) + "\n")


def _resample_positions(base: Path, layout: CropLayout, folder: Path) -> str:
    file, name = _find_positions(base)
    weights = load_file(file)
    weights[name] = resampled(weights[name], layout.patch_side)
    save_file(weights, folder / file.name, metadata={"format": "pt"})
    return file.name


def _find_positions(base: Path) -> tuple[Path, str]:
    for file in weight_files(base):
        with safe_open(file, "pt") as opened:
            found = set(POSITIONS) & set(opened.keys())
        if found:
            return file, found.pop()
    raise EvaluationError(
        "RESOLUTION_UNSUPPORTED",
        f"The weights of {base.name} hold no position table of the encoder, so "
        "crop_px cannot be changed. Use a checkpoint that holds its vision tower.",
    )


def resampled(table: Tensor, side: int) -> Tensor:
    """A position table for `side` x `side` patches, by bicubic interpolation.

    Args:
        table: shape (..., 1 + n * n, hidden), the class token first; it stays.
        side: of the new patch grid.
    """
    rows = table.reshape(-1, table.shape[-1])
    own = isqrt(len(rows) - 1)
    grid = rows[1:].T.reshape(1, -1, own, own).float()
    fitted = F.interpolate(grid, size=(side, side), mode="bicubic", antialias=True)
    patches = fitted.flatten(2)[0].T.to(table.dtype)
    joined = torch.cat([rows[:1], patches])
    return joined.reshape(*table.shape[:-2], *joined.shape).contiguous()
