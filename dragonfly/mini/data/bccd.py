"""BCCD: which blood cells a smear shows, counted from its boxes (Shenggan; MIT).

Nearly every field holds one white blood cell. Whole fields keep that share, as smears
have it; views without one are added, and close views of single cells. The boxes of red
cells are incomplete: they are looked at, one by one, and never counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from dragonfly.evaluation.source_file import Row
from dragonfly.geometry import Region, Size
from dragonfly.mini.data.ask import HALVES, OWN_WORDING, Asker, yes_no
from dragonfly.mini.data.asked import Asked
from dragonfly.mini.data.boxed_pictures import boxed_training_pictures
from dragonfly.mini.data.held_out import HeldOut
from dragonfly.mini.data.picture import Picture, StoredPicture, ViewPicture
from dragonfly.mini.data.sieve import Sieve
from dragonfly.mini.data.view import Box, View, random_views, whole

NAME, FOLDER = "bccd", "bccd"
KINDS = {"WBC": "white blood cell", "Platelets": "platelet", "RBC": "red blood cell"}
PLURAL = {"WBC": "white blood cells", "Platelets": "platelets"}
SEEN, UNSEEN = 0.6, 0.05
"""A cell counts if this much of its box is in view, and is away below the other."""
SMALLEST = 0.35
CLOSE = 1.5
"""Side of a close view in longer sides of the cell's box."""

Labelled = tuple[str, Box]


def read_bccd(
    vqa_folder: Path, held: HeldOut, seed: int, views: int
) -> tuple[list[Asked], Sieve]:
    """Questions about every training smear, `views` views and one close view of each.

    Raises:
        EvaluationError: `DATA_NOT_FOUND`, `DATA_UNREADABLE`.
    """
    asker = Asker(NAME, "blood smear", np.random.default_rng([seed, 73]))
    sieve = Sieve(held)
    found: list[Asked] = []
    for row, picture in boxed_training_pictures(vqa_folder / FOLDER, sieve):
        found += _of_smear(row, picture, asker, views)
    return found, sieve


def _of_smear(row: Row, path: Path, asker: Asker, views: int) -> Iterator[Asked]:
    size = Size(int(row["w"]), int(row["h"]))
    cells: list[Labelled] = [
        (name, (float(a), float(b), float(c), float(d)))
        for name, a, b, c, d in row["objects"]
    ]
    stored = StoredPicture(path)
    yield from _field(stored, whole(size), cells, asker)
    for view in random_views(size, views, asker.random, SMALLEST):
        yield from _field(ViewPicture(path, view), view, cells, asker)
    yield from _close(path, cells, size, asker)


def _field(
    picture: Picture, view: View, cells: list[Labelled], asker: Asker
) -> Iterator[Asked]:
    made = isinstance(picture, ViewPicture)
    for name, plural in PLURAL.items():
        shares = [(view.share_shown(box), box) for kind, box in cells if kind == name]
        if any(UNSEEN < share < SEEN for share, _ in shares):
            continue
        boxes = [box for share, box in shares if share >= SEEN]
        yield asker.ask(
            picture,
            "smear present",
            yes_no(bool(boxes)),
            about=plural,
            own=OWN_WORDING,
            made=made,
            cells=plural,
        )
        yield asker.ask(
            picture,
            "smear count",
            str(len(boxes)),
            about=plural,
            own=OWN_WORDING,
            made=made,
            cells=plural,
        )
        if name == "WBC" and len(boxes) == 1:
            yield from _halves(picture, view, boxes[0], asker)


def _halves(picture: Picture, view: View, box: Box, asker: Asker) -> Iterator[Asked]:
    place = view.place((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    sides = view.size.width, view.size.height
    for axis, halves in enumerate(HALVES):
        if abs(place[axis] / sides[axis] - 0.5) > 0.08:
            yield asker.ask(
                picture,
                "smear where",
                halves[int(place[axis] * 2 > sides[axis])],
                about=f"{halves[0]} or {halves[1]}",
                first=halves[0],
                second=halves[1],
            )


def _close(
    path: Path, cells: list[Labelled], size: Size, asker: Asker
) -> Iterator[Asked]:
    """A close view of one cell, its kind drawn first so that each is as frequent."""
    kinds = sorted({name for name, _ in cells})
    if not kinds:
        return
    kind = kinds[int(asker.random.integers(len(kinds)))]
    boxes = [box for name, box in cells if name == kind]
    box = boxes[int(asker.random.integers(len(boxes)))]
    region = _around(box, size)
    if region is not None:
        view = View(region, int(asker.random.integers(4)))
        yield asker.ask(ViewPicture(path, view), "smear cell", KINDS[kind])


def _around(box: Box, size: Size) -> Region | None:
    """A square about a box; None where it would leave the picture."""
    side = round(max(box[2] - box[0], box[3] - box[1], 40) * CLOSE)
    x = round((box[0] + box[2] - side) / 2)
    y = round((box[1] + box[3] - side) / 2)
    region = Region(x, y, side, side)
    return region if Region.of(size).contains(region) else None
