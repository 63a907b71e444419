"""Adds the names of what pictures hold to a trained projector.

A word's direction in the language model's own embeddings is added to a class token as
far as a linear reading of it says that the word is true of the picture or crop. Patch
tokens stay as they are. Training then starts from tokens that already say what there
is, instead of finding it through the loss of a few words. The reasons and figures are
in docs/decisions/0005.
"""

from __future__ import annotations

from pathlib import Path

import torch
from rich.console import Console

from dragonfly.mini.descents import NAME as DESCENTS
from dragonfly.mini.descents import TARGETS
from dragonfly.mini.naming.class_tokens import gather
from dragonfly.mini.naming.known_descents import descents_in
from dragonfly.mini.naming.said import Said
from dragonfly.mini.naming.word_matrix import WordDirections, naming_of
from dragonfly.mini.starting import keyed_rows, open_features
from dragonfly.model.checkpoint import load_checkpoint
from dragonfly.model.precision import default_dtype
from dragonfly.training.adapter import load_adapter, save_adapter
from dragonfly.training.errors import TrainingError
from dragonfly.training.feature_filling import FeatureFiller
from dragonfly.training.pictures import PictureKey

PROJECTOR = "vision_embed_tokens"
WORKERS = 2


def write_named_adapter(
    base: Path,
    mixture: Path,
    features: Path,
    adapter: Path,
    target: Path,
    console: Console,
) -> Path:
    """Write an adapter whose projector names what the mixture's answers name.

    Args:
        base: checkpoint that the adapter belongs to; its encoder is frozen.
        mixture: mixture file with question sets and descents into synthetic slides.
        features: folder of the feature store, filled where it lacks a picture.
        adapter: folder of the trained adapter.
        target: folder to write.
        console: told how many words can be told.

    Returns:
        the written folder.

    Raises:
        TrainingError: a source or the adapter cannot be read, or ADAPTER_INVALID.
    """
    weights, about = load_adapter(adapter)
    if f"{PROJECTOR}.weight" not in weights:
        raise TrainingError(
            "ADAPTER_INVALID", f"{adapter.name} has no trained projector to extend."
        )
    model, processor = load_checkpoint(base, "cpu", torch.float32)
    dataset, store = open_features(model, processor, mixture, features)
    FeatureFiller(
        model, processor, store, torch.device("cpu"), WORKERS, default_dtype("cpu")
    ).fill(dataset)
    said, keys = Said(), dict[PictureKey, None]()
    for source, key, chat in keyed_rows(dataset):
        if key in store and source not in (DESCENTS, TARGETS):
            said.add(source, key, chat)
            keys[key] = None
    gathered = gather(keys, descents_in(dataset), store)
    words = WordDirections(model, processor)
    naming = naming_of(said, gathered, words, console)
    weight, bias = (f"{PROJECTOR}.{part}" for part in ("weight", "bias"))
    weights[weight] = weights[weight] + naming[:-1].T.to(weights[weight])
    weights[bias] = weights[bias] + naming[-1].to(weights[bias])
    save_adapter(target, weights, about)
    return target
