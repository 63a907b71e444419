"""The data of a run: which sources, opened, planned and ready to be loaded."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from dragonfly.model.layout import CropLayout
from dragonfly.training.args import DataArgs, TrainArgs, refuse_shared_files
from dragonfly.training.dataset import Dataset
from dragonfly.training.errors import TrainingError
from dragonfly.training.feature_store import FeatureStore
from dragonfly.training.mixture import read_mixture
from dragonfly.training.sampler import ORDER, LengthGroups, Sampler
from dragonfly.training.source import Source, Stream
from dragonfly.training.step_plan import StepPlan


@dataclass(frozen=True)
class RunData:
    """Datasets by stream, the order in which they are seen, and validation."""

    datasets: Mapping[Stream, Dataset]
    plan: StepPlan
    steps: int
    validation: Dataset | None


def open_data(
    args: TrainArgs, layout: CropLayout, features: FeatureStore | None
) -> RunData:
    """Open every source.

    Raises:
        TrainingError: IMAGES_MISSING, no source has pictures; SOURCE_NOT_ON_DISK or
            what reading its rows raises.
    """
    cache = args.run.output / "cache"
    seed = args.run.seed

    def opened(sources: list[Source]) -> Dataset:
        return Dataset(sources, layout, cache, seed, features)

    trained, checked = training_sources(args.data), validation_sources(args.data)
    refuse_shared_files(trained, checked)
    by_stream = sources_by_stream(trained)
    datasets = {stream: opened(sources) for stream, sources in by_stream.items()}
    samplers = {
        stream: Sampler(
            d.lengths,
            [s.weight for s in d.sources],
            seed,
            stream,
            groups=_length_groups(args, d),
        )
        for stream, d in datasets.items()
    }
    every: dict[Stream, int] = {
        "image": 1,
        "text": args.data.text_every,
        "math": args.data.math_every,
    }
    plan = StepPlan(samplers, every, args.optimizer.batch_size)
    validation = opened(list(checked)) if checked else None
    return RunData(datasets, plan, steps_of(args, samplers["image"]), validation)


def _length_groups(args: TrainArgs, dataset: Dataset) -> LengthGroups | None:
    batch_size, window = args.optimizer.batch_size, args.data.length_window
    if window == 1:
        return None
    return LengthGroups(dataset.text_lengths, batch_size, window)


def training_sources(data: DataArgs) -> tuple[Source, ...]:
    """The sources of the mixture file, or those of the run's own file."""
    return read_mixture(data.mixture).sources if data.mixture else data.sources


def validation_sources(data: DataArgs) -> tuple[Source, ...]:
    """The sources that are never trained on, from either place."""
    if data.validation_mixture is not None:
        return read_mixture(data.validation_mixture).sources
    return data.validation


def sources_by_stream(sources: tuple[Source, ...]) -> dict[Stream, list[Source]]:
    """Sources of each stream, in the fixed order of streams.

    Raises:
        TrainingError: IMAGES_MISSING.
    """
    found = {s: [each for each in sources if each.stream == s] for s in ORDER}
    if not found["image"]:
        raise TrainingError(
            "IMAGES_MISSING", "No source has pictures: each has stream text or math."
        )
    return {stream: each for stream, each in found.items() if each}


def steps_of(args: TrainArgs, sampler: Sampler) -> int:
    """Steps of the run; epochs count the image sources."""
    if args.optimizer.steps is not None:
        return args.optimizer.steps
    examples = (args.optimizer.epochs or 0) * len(sampler)
    return max(1, math.ceil(examples / args.optimizer.batch_size))
