"""From the training rows to a checkpoint whose projector starts in closed form."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import torch
from torch import Tensor, nn

from dragonfly.mini.projector_start import Fit, Words, answers_in
from dragonfly.model import DragonflyForCausalLM, DragonflyProcessor
from dragonfly.model.checkpoint import load_checkpoint, quiet_loading
from dragonfly.model.precision import default_dtype
from dragonfly.training.dataset import Dataset
from dragonfly.training.feature_filling import FeatureFiller
from dragonfly.training.feature_form import FeatureForm
from dragonfly.training.feature_store import FeatureStore
from dragonfly.training.mixture import read_mixture
from dragonfly.training.pictures import PictureKey, key_of
from dragonfly.training.rows import BadExampleError, example_of

WORKERS = 2


def write_start(base: Path, mixture: Path, features: Path, target: Path) -> None:
    """Encode all pictures of a mixture, fit the projector to them, save the model.

    Args:
        base: checkpoint of the joined parts.
        mixture: mixture file.
        features: folder of the feature store, filled where it lacks a picture.
        target: folder of the new checkpoint.

    Raises:
        TrainingError: a source cannot be read.
    """
    model, processor = load_checkpoint(base, "cpu", torch.float32)
    dataset, store = open_features(model, processor, mixture, features)
    FeatureFiller(
        model, processor, store, torch.device("cpu"), WORKERS, default_dtype("cpu")
    ).fill(dataset)
    said = answers_by_picture(dataset, store)
    embeddings = cast(nn.Embedding, model.get_input_embeddings()).weight.detach()
    words = Words(embeddings, processor.tokenizer, list(said.values()))
    fit = Fit(store.form.hidden, words.mean.numel())
    for index, key in enumerate(said):
        fit.add(stored(store, key), words.target(index))
    start = fit.solve(float(words.size))
    model.vision_embed_tokens.weight.data.copy_(start.weight)
    model.vision_embed_tokens.bias.data.copy_(start.bias)
    with quiet_loading():
        model.save_pretrained(target)
        processor.save_pretrained(target)


def open_features(
    model: DragonflyForCausalLM,
    processor: DragonflyProcessor,
    mixture: Path,
    features: Path,
) -> tuple[Dataset, FeatureStore]:
    """The rows of a mixture, and the features of its pictures."""
    store = FeatureStore(features, FeatureForm.of(model, processor))
    sources = read_mixture(mixture).sources
    return Dataset(sources, model.layout, features / "rows"), store


def answers_by_picture(
    dataset: Dataset, store: FeatureStore
) -> dict[PictureKey, list[str]]:
    """What is answered about each picture that has stored features."""
    said: dict[PictureKey, list[str]] = {}
    for _, key, text in keyed_rows(dataset):
        if key in store:
            said.setdefault(key, []).extend(answers_in(text))
    return said


def keyed_rows(dataset: Dataset) -> Iterator[tuple[str, PictureKey, str]]:
    """The row's own source, picture and chat of every readable row, in order."""
    for source, rows in zip(dataset.sources, dataset.stores, strict=True):
        for row in range(len(rows)):
            try:
                example = example_of(rows[row], source, "")
                if example.picture is not None:
                    own = str(rows[row].get("source") or source.name)
                    yield own, key_of(example.picture), example.text
            except BadExampleError:
                continue


def stored(store: FeatureStore, key: PictureKey) -> Tensor:
    """Features of a picture, float32, shape (tokens, hidden).

    Raises:
        KeyError: there are none.
    """
    packed = store.get(key)
    if packed is None:
        raise KeyError(key)
    return torch.from_numpy(packed).float()
