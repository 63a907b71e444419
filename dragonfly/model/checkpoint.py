"""Load a checkpoint folder, or say in the user's words what is wrong with it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from transformers.utils import logging

from dragonfly.errors import ModelError
from dragonfly.model.config import DragonflyConfig
from dragonfly.model.dragonfly import DragonflyForCausalLM
from dragonfly.model.layout import Variant
from dragonfly.model.precision import default_dtype
from dragonfly.model.processing import DragonflyProcessor
from dragonfly.model.weights import check_weights, weight_files

CONFIG = "config.json"


def load_checkpoint(
    path: str | Path,
    device: torch.device | str | None = None,
    dtype: torch.dtype | None = None,
    variant: Variant | None = None,
) -> tuple[DragonflyForCausalLM, DragonflyProcessor]:
    """The model, ready to answer, and its processor.

    Weights are never held twice: in the stored type they are views of the file, and
    in another type they are converted one tensor at a time.

    Args:
        path: the checkpoint's folder.
        device: where the model runs; None takes a GPU where there is one.
        dtype: None takes the type that suits the device.
        variant: None infers it from the checkpoint.

    Raises:
        ModelError: CHECKPOINT_MISSING, CHECKPOINT_INCOMPLETE, CHECKPOINT_CORRUPT,
            CHECKPOINT_UNSAFE, CHECKPOINT_UNSUPPORTED or VISION_TOWER_MISSING.
    """
    folder = Path(path)
    check_config(folder)
    check_weights(weight_files(folder))
    place = torch.device(device or _best_device())
    with quiet_loading():
        processor = DragonflyProcessor.from_pretrained(folder, **_override(variant))
        model, info = DragonflyForCausalLM.from_pretrained(
            folder,
            config=DragonflyConfig.from_pretrained(folder, **_override(variant)),
            dtype=dtype or default_dtype(place),
            device_map=None if place.type == "cpu" else {"": place},
            ignore_mismatched_sizes=True,
            output_loading_info=True,
        )
    _refuse_gaps(info)
    return model.eval(), processor


def _best_device() -> str:
    return "cuda" if torch.cuda.is_available() else "cpu"


def _override(variant: Variant | None) -> dict[str, Any]:
    return {} if variant is None else {"variant": variant}


def check_config(folder: Path) -> None:
    """Refuse a folder whose `config.json` is not one of ours.

    Raises:
        ModelError: CHECKPOINT_MISSING, CHECKPOINT_CORRUPT or CHECKPOINT_UNSUPPORTED.
    """
    if not (folder / CONFIG).is_file():
        raise ModelError(
            "CHECKPOINT_MISSING",
            f"There is no checkpoint at {folder}. Give the folder that holds "
            f"{CONFIG} and the weights.",
        )
    try:
        model_type = json.loads((folder / CONFIG).read_text()).get("model_type")
    except (ValueError, AttributeError) as error:
        raise ModelError(
            "CHECKPOINT_CORRUPT", f"{CONFIG} cannot be read. Copy the checkpoint again."
        ) from error
    if model_type != DragonflyConfig.model_type:
        raise ModelError(
            "CHECKPOINT_UNSUPPORTED",
            f"The checkpoint is of type “{model_type}”, not “dragonfly”.",
        )


def _refuse_gaps(info: dict[str, Any]) -> None:
    if info["mismatched_keys"]:
        raise ModelError(
            "CHECKPOINT_CORRUPT",
            f"The weights do not have the sizes that {CONFIG} tells. Copy the "
            "checkpoint again.",
        )
    if info["missing_keys"]:
        some = ", ".join(sorted(info["missing_keys"])[:3])
        raise ModelError(
            "CHECKPOINT_INCOMPLETE",
            f"{len(info['missing_keys'])} weights are absent, among them {some}.",
        )


@contextmanager
def quiet_loading() -> Iterator[None]:
    """Silence the library's progress bars and notes, and put them back after."""
    verbosity, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()
