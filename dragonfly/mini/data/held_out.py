"""What training must not see: every validation and test picture of the benchmarks.

A picture is refused for its name, for its patient where one is known, for equal pixels,
or because it is the same picture in another size.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dragonfly.evaluation.benchmarks.benchmark import Benchmark
from dragonfly.evaluation.benchmarks.template_sets import BCCD, BRCA_M2C
from dragonfly.evaluation.benchmarks.vqa_med import VQA_MED
from dragonfly.evaluation.benchmarks.vqa_rad import VQA_RAD_BY_IMAGE
from dragonfly.evaluation.errors import EvaluationError
from dragonfly.evaluation.item import Item, Split
from dragonfly.mini.data.fingerprint import NEAR, Fingerprint, distance, fingerprint

FOLDERS: dict[str, Benchmark] = {
    "vqa_rad": VQA_RAD_BY_IMAGE,
    "vqamed2019": VQA_MED,
    "brca_m2c": BRCA_M2C,
    "bccd": BCCD,
}
"""Where each benchmark lies inside the folder of question sets."""
HELD: tuple[Split, ...] = ("validation", "test")

Reason = Literal["name", "patient", "pixels", "near duplicate"]


@dataclass(frozen=True)
class HeldOut:
    """The pictures that are held out; `prints` are theirs, in the order of `paths`."""

    paths: tuple[Path, ...]
    groups: frozenset[str]
    prints: tuple[Fingerprint, ...]

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(path.stem for path in self.paths)

    @cached_property
    def pixels(self) -> frozenset[str]:
        return frozenset(one.pixels for one in self.prints)

    @cached_property
    def bits(self) -> NDArray[np.bool_]:
        return np.array([one.bits for one in self.prints], np.bool_).reshape(-1, 256)

    def refuses(self, path: Path, group: str | None = None) -> Reason | None:
        """Why a picture may not be trained on, or None.

        `group` is the patient, where the set knows patients.

        Raises:
            DataError: `PICTURE_UNREADABLE`.
        """
        if path.stem in self.names:
            return "name"
        if group in self.groups:
            return "patient"
        found = fingerprint(path)
        if found.pixels in self.pixels:
            return "pixels"
        near = distance(found.bits, self.bits)
        return "near duplicate" if (near <= NEAR).any() else None


def held_out(vqa_folder: Path) -> HeldOut:
    """Read what the benchmarks in `vqa_folder` hold out; absent ones hold nothing.

    Raises:
        DataError: `PICTURE_UNREADABLE`.
        EvaluationError: `DATA_UNREADABLE`.
    """
    items = [item for name in FOLDERS for item in held_items(vqa_folder, name)]
    paths = {item.image for item in items if item.image is not None}
    stored = tuple(sorted(path for path in paths if path.is_file()))
    missing = tuple(sorted(paths - set(stored)))
    return HeldOut(
        paths=stored + missing,
        groups=frozenset(item.group for item in items),
        prints=tuple(fingerprint(path) for path in stored),
    )


def held_items(vqa_folder: Path, name: str) -> Iterator[Item]:
    """The validation and test questions of one benchmark that are there."""
    folder = vqa_folder / name
    if not folder.is_dir():
        return
    for split in HELD:
        try:
            yield from FOLDERS[name].items(folder, split)
        except EvaluationError as error:
            # Test splits are often kept elsewhere; what is broken is still refused.
            if error.code not in {"SPLIT_EMPTY", "DATA_NOT_FOUND"}:
                raise
