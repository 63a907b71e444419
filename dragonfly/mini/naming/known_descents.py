"""Descents into slides whose truth is known."""

from __future__ import annotations

from collections.abc import Iterator

from dragonfly.mini.descents import NAME, TARGETS
from dragonfly.mini.synthetic import Truth, truth_of
from dragonfly.training.dataset import Dataset
from dragonfly.training.example import SlideRegion
from dragonfly.training.rows import BadExampleError, example_of
from dragonfly.training.slide_index import read_slide_index


def descents_in(dataset: Dataset) -> Iterator[tuple[SlideRegion, Truth]]:
    """The descents of a mixture, each with the truth kept beside its slide.

    Raises:
        SlideError: a slide has no readable truth.
        TrainingError: SLIDE_INDEX_INVALID.
    """
    truths: dict[str, Truth] = {}
    for source, rows in zip(dataset.sources, dataset.stores, strict=True):
        if source.name not in (NAME, TARGETS) or source.slides is None:
            continue
        path_of = read_slide_index(source.slides)
        for row in range(len(rows)):
            try:
                picture = example_of(rows[row], source, "").picture
            except BadExampleError:
                continue
            if not isinstance(picture, SlideRegion) or not picture.zoomed:
                continue
            path = path_of(picture.slide)
            if picture.slide not in truths and path is not None:
                truths[picture.slide] = truth_of(path)
            if picture.slide in truths:
                yield picture, truths[picture.slide]
