"""The weight files of a checkpoint: which they are, whether they are whole, their type.

Only safetensors are read. Pickled weights can run code when they are opened, so they
are refused and never touched.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from dragonfly.errors import ModelError

SINGLE = "model.safetensors"
INDEX = "model.safetensors.index.json"
FLOATS = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}


def weight_files(folder: Path) -> list[Path]:
    """The files that hold the weights of the checkpoint in `folder`, sorted.

    Raises:
        ModelError: CHECKPOINT_INCOMPLETE, weights or some of their parts are absent;
            CHECKPOINT_CORRUPT, the list of parts cannot be read; CHECKPOINT_UNSAFE,
            there are pickled weights only.
    """
    if (folder / SINGLE).is_file():
        return [folder / SINGLE]
    if (folder / INDEX).is_file():
        return _shards(folder)
    if any(folder.glob("*.bin")) or any(folder.glob("*.pt")):
        raise ModelError(
            "CHECKPOINT_UNSAFE",
            "The checkpoint holds pickled weights, which can run code when they are "
            "opened. Convert them to safetensors.",
        )
    raise ModelError("CHECKPOINT_INCOMPLETE", f"There is no {SINGLE} in {folder.name}.")


def _shards(folder: Path) -> list[Path]:
    try:
        names = set(json.loads((folder / INDEX).read_text())["weight_map"].values())
    except (ValueError, KeyError, AttributeError) as error:
        raise ModelError(
            "CHECKPOINT_CORRUPT", f"{INDEX} cannot be read. Copy the checkpoint again."
        ) from error
    absent = sorted(name for name in names if not (folder / name).is_file())
    if absent:
        raise ModelError(
            "CHECKPOINT_INCOMPLETE",
            f"The checkpoint lacks {', '.join(absent)}. Copy it again in full.",
        )
    return sorted(folder / name for name in names)


def check_weights(files: Iterable[Path]) -> None:
    """Compare each file's table of contents with its length; reads no weights.

    Raises:
        ModelError: CHECKPOINT_CORRUPT, a file is cut off or no safetensors file.
    """
    for file in files:
        try:
            with safe_open(file, "pt"):
                pass
        except SafetensorError as error:
            raise ModelError(
                "CHECKPOINT_CORRUPT",
                f"{file.name} is damaged or cut off. Copy the checkpoint again.",
            ) from error


def stored_dtype(files: Iterable[Path]) -> torch.dtype | None:
    """The floating type in which all weights are stored; None when they differ."""
    found = {dtype for file in files for dtype in _dtypes(file)}
    return FLOATS.get(found.pop()) if len(found) == 1 else None


def _dtypes(file: Path) -> Iterator[str]:
    with safe_open(file, "pt") as opened:
        for name in opened.keys():  # noqa: SIM118
            dtype = opened.get_slice(name).get_dtype()
            if dtype.startswith(("F", "BF")):
                yield dtype


@dataclass(frozen=True)
class Recasting:
    """A change of the weights' floating type after loading, one tensor at a time.

    A freshly loaded tensor is a view of its file that takes no memory until it is
    read. Converting those views would keep every page of the file beside the result,
    so each tensor is read through a view of its own that is closed at once.
    """

    files: list[Path]
    dtype: torch.dtype

    @classmethod
    def plan(cls, folder: Path, kwargs: dict[str, Any]) -> "Recasting | None":
        """Let the library load in the stored type, where that saves memory.

        Args:
            folder: the checkpoint's folder.
            kwargs: of `from_pretrained`; their `dtype` becomes the stored one.
        """
        wanted = kwargs.get("dtype", kwargs.get("torch_dtype"))
        wanted = getattr(torch, wanted, None) if isinstance(wanted, str) else wanted
        if not isinstance(wanted, torch.dtype) or not _on_cpu(kwargs.get("device_map")):
            return None
        if not (folder / SINGLE).is_file() and not (folder / INDEX).is_file():
            return None
        files = weight_files(folder)
        stored = stored_dtype(files)
        if stored in (None, wanted):
            return None
        kwargs.pop("torch_dtype", None)
        kwargs["dtype"] = stored
        return cls(files, wanted)

    def apply(self, model: nn.Module) -> None:
        places = {name: file for file in self.files for name in _names(file)}
        for name, parameter in model.named_parameters():
            if parameter.is_floating_point():
                source = places.get(name)
                stored = parameter.data if source is None else _read(source, name)
                parameter.data = stored.to(self.dtype)


def _on_cpu(device_map: Any) -> bool:
    if isinstance(device_map, dict):
        return all(str(device) == "cpu" for device in device_map.values())
    return device_map is None or str(device_map) == "cpu"


def _names(file: Path) -> list[str]:
    with safe_open(file, "pt") as opened:
        return list(opened.keys())


def _read(file: Path, name: str) -> Tensor:
    with safe_open(file, "pt") as opened:
        tensor: Tensor = opened.get_tensor(name)
        return tensor
