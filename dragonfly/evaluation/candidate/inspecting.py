"""`inspect`: what a model from outside is, before any of it is used.

Only safetensors are opened; `dragonfly.evaluation.candidate.taking` judges names,
kinds and tables of contents before a library sees a file. The caller runs this as a
process with limits.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError

from dragonfly.engine.familiarity import FILE as FAMILIARITY
from dragonfly.engine.familiarity import Familiarity
from dragonfly.errors import DragonflyError, ModelError
from dragonfly.evaluation.candidate.taking import take, unsafe
from dragonfly.model import DragonflyForCausalLM
from dragonfly.model.card import read_card
from dragonfly.model.checkpoint import CONFIG, check_config, load_checkpoint
from dragonfly.model.digest import checkpoint_digest
from dragonfly.model.towers import tower_folder
from dragonfly.model.weights import check_weights
from dragonfly.training.adapter import WEIGHTS, AdapterAbout, load_adapter
from dragonfly.training.errors import TrainingError
from dragonfly.training.export import export
from dragonfly.zoom.relevance import FILE as RELEVANCE
from dragonfly.zoom.relevance import Relevance

MEASURED = (FAMILIARITY, RELEVANCE)


def inspect(task: dict[str, Any]) -> None:
    """Take in `task["folder"]` and write what it is into the file `task["answer"]`.

    The model is put into `models/<digest>`; the folder it came in is left as it was.
    What is half done lies in `task["draft"]`, which the caller removes.
    """
    answer, draft = Path(task["answer"]), Path(task["draft"])
    try:
        found = taken_in(Path(task["folder"]), Path(task["models"]), draft, task)
    except DragonflyError as error:
        found = {"code": error.code, "message": error.message}
    answer.write_text(json.dumps(found))


def taken_in(
    folder: Path, models: Path, draft: Path, task: dict[str, Any]
) -> dict[str, str]:
    """Check, load and store it.

    Raises:
        DragonflyError: as `take`; WEIGHTS_NOT_FINITE or BASE_MISSING; or as
            `load_checkpoint` and `load_adapter`.
    """
    base: dict[str, str] | None = task["base"]
    own = take(folder, draft / "taken")
    is_adapter = (own / WEIGHTS).is_file()
    made = merged(own, draft, base) if is_adapter else own
    check_tower(made)
    card = read_card(own)
    found = stored(made, models, draft, folder.name)
    base_digest = base["digest"] if base and is_adapter else ""
    return found | {"base_digest": base_digest, "card": card}


def stored(made: Path, models: Path, draft: Path, name: str) -> dict[str, str]:
    """Load it once, then put it where the workers find it."""
    model, _ = load_checkpoint(made, "cpu", torch.float32)
    check_finite(model)
    check_measured(made, model)
    variant = "v1" if model.layout.high == "selected" else "v2"
    title = model.config.title or name
    digest = checkpoint_digest(made, draft / "digests")
    target = models / digest
    if not target.is_dir():
        os.rename(made, target)
    return {
        "digest": digest,
        "path": str(target),
        "name": str(title),
        "variant": variant,
    }


def merged(folder: Path, draft: Path, base: dict[str, str] | None) -> Path:
    """The base with an adapter's weights put into it."""
    if base is None:
        raise ModelError(
            "BASE_MISSING",
            "This is an adapter. Name the model version that it was trained on.",
        )
    check_weights([folder / WEIGHTS])
    weights, about = load_adapter(folder)
    if about.base_digest != base["digest"]:
        raise ModelError(
            "BASE_MISSING",
            "The adapter was trained on another model than the one named: its base "
            f"has the digest {str(about.base_digest)[:12]}.",
        )
    record = {"base_digest": about.base_digest}
    try:
        made = export(Path(base["path"]), draft, weights, about, record)
    except TrainingError as error:
        raise ModelError(
            "ADAPTER_INVALID",
            "The adapter's weights do not fit its base, by name or by size.",
        ) from error
    carry_measured(folder, Path(base["path"]), made, about)
    return made


def carry_measured(own: Path, base: Path, made: Path, about: AdapterAbout) -> None:
    """Put what was measured of the base beside the weights, as far as it still holds.

    Both were measured of the encoder, and the relevance of the word embeddings too,
    which change when all weights of the language model are trained.
    """
    is_seen_alike = "encoder" not in about.trained
    is_read_alike = "language_model" not in about.trained or about.lora is not None
    holds = {FAMILIARITY: is_seen_alike, RELEVANCE: is_seen_alike and is_read_alike}
    for name in MEASURED:
        sources = [own, base] if holds[name] else [own]
        found = [source / name for source in sources if (source / name).is_file()]
        if found:
            shutil.copyfile(found[0], made / name)


def check_tower(folder: Path) -> None:
    """The vision tower may be of this folder, or one of the published names.

    Raises:
        ModelError: CHECKPOINT_UNSAFE; CHECKPOINT_MISSING, CHECKPOINT_CORRUPT or
            CHECKPOINT_UNSUPPORTED by `check_config`.
    """
    check_config(folder)
    named = json.loads((folder / CONFIG).read_text()).get("image_encoder")
    if named is None:
        return
    tower = tower_folder(str(named), folder)
    if tower and not tower.resolve().is_relative_to(folder.resolve()):
        raise unsafe(f"{CONFIG} names a vision tower outside of its own folder.")


def check_measured(folder: Path, model: DragonflyForCausalLM) -> None:
    """What lies beside the weights has to fit them.

    Raises:
        ModelError: CHECKPOINT_CORRUPT or WEIGHTS_NOT_FINITE.
    """
    seen = 2 * model.vision_embed_tokens.in_features
    try:
        familiarity, relevance = Familiarity.load(folder), Relevance.load(folder)
    except (SafetensorError, KeyError, ValueError, RuntimeError) as error:
        raise ModelError(
            "CHECKPOINT_CORRUPT", f"{' or '.join(MEASURED)} cannot be read."
        ) from error
    tensors: list[tuple[torch.Tensor, int]] = []
    if familiarity is not None:
        tensors += [(familiarity.centres.mT, seen), (familiarity.directions, seen)]
        check_scale(familiarity)
    if relevance is not None:
        tensors += [(relevance.weight, seen)]
    if any(tensor.ndim != 2 or tensor.shape[0] != size for tensor, size in tensors):
        raise ModelError(
            "CHECKPOINT_CORRUPT", f"{' or '.join(MEASURED)} belongs to another model."
        )
    if not all(bool(tensor.isfinite().all()) for tensor, _ in tensors):
        raise ModelError(
            "WEIGHTS_NOT_FINITE",
            f"{' or '.join(MEASURED)} holds values that are no numbers.",
        )


def check_scale(familiarity: Familiarity) -> None:
    """One positive number for each kind.

    Raises:
        ModelError: CHECKPOINT_CORRUPT.
    """
    scale = familiarity.scale
    if scale is None:
        return
    is_whole = scale.shape == (len(familiarity.centres),)
    if not is_whole or not bool(((scale > 0) & scale.isfinite()).all()):
        raise ModelError(
            "CHECKPOINT_CORRUPT",
            f"{FAMILIARITY} does not tell how widely each kind is spread.",
        )


def check_finite(model: DragonflyForCausalLM) -> None:
    """Refuse weights that are not numbers.

    Raises:
        ModelError: WEIGHTS_NOT_FINITE.
    """
    for name, weight in model.named_parameters():
        if not bool(torch.isfinite(weight).all()):
            raise ModelError(
                "WEIGHTS_NOT_FINITE",
                f"The weights “{name}” hold values that are no numbers.",
            )
