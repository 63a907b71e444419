"""BRCA-M2C: what kinds of cells lie where in H&E patches of the breast.

Answers are counted from the points of the labels (Abousamra et al., ICCV 2021) by the
rules that the benchmark's own template questions follow, on whole patches and on views
of them. Two patients have patches in training and validation: theirs are left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from dragonfly.evaluation.source_file import Row, find_file, read_json_lines, text
from dragonfly.geometry import Size
from dragonfly.mini.data.ask import (
    CELLS,
    HALVES,
    OWN_WORDING,
    Asker,
    half_with_more,
    yes_no,
)
from dragonfly.mini.data.asked import Asked
from dragonfly.mini.data.held_out import HeldOut
from dragonfly.mini.data.picture import Picture, StoredPicture, ViewPicture
from dragonfly.mini.data.sieve import Sieve
from dragonfly.mini.data.view import View, random_views, whole

NAME, FOLDER = "brca-m2c", "brca_m2c"
PERCENT = {1: 3, 2: 56}
DENSE = 9.6
"""Cells per 10,000 pixels; in the benchmark's items the denser ones answer "yes"."""
CLEARLY = 1.2

Point = tuple[float, float, int]


def read_brca_m2c(
    vqa_folder: Path, held: HeldOut, seed: int, views: int
) -> tuple[list[Asked], Sieve]:
    """Questions about every training patch and `views` random views of each.

    Raises:
        EvaluationError: `DATA_NOT_FOUND`, `DATA_UNREADABLE`.
    """
    folder = vqa_folder / FOLDER
    asker = Asker(NAME, "stained tissue", np.random.default_rng([seed, 71]))
    sieve = Sieve(held)
    path = find_file(folder, ["points.jsonl"])
    found: list[Asked] = []
    for row in read_json_lines(path):
        picture = folder / text(row, "image", path)
        if row.get("split") != "train" or not sieve.passes(picture, patient_of(row)):
            continue
        size = Size(int(row["w"]), int(row["h"]))
        for view in (whole(size), *random_views(size, views, asker.random)):
            shown = _picture(picture, view, size)
            found += _questions(shown, view, _points(row, view), asker)
    return found, sieve


def patient_of(row: Row) -> str:
    """The first three parts of a TCGA barcode."""
    return "-".join(str(row.get("source", row["image"])).split("-")[:3])


def _picture(path: Path, view: View, size: Size) -> Picture:
    return StoredPicture(path) if view == whole(size) else ViewPicture(path, view)


def _points(row: Row, view: View) -> list[Point]:
    shown = (p for p in row["points"] if view.shows(p[0], p[1]))
    return [(*view.place(x, y), int(kind)) for x, y, kind in shown]


def _questions(
    picture: Picture, view: View, points: list[Point], asker: Asker
) -> Iterator[Asked]:
    if len(points) < 8:
        return
    counts = Counter(kind for _, _, kind in points)
    yield from _shares(picture, counts, asker)
    yield from _density(picture, len(points), view.size, asker)
    yield from _wheres(picture, points, view.size, asker)
    yield from _comparisons(picture, counts, asker)


def _shares(picture: Picture, counts: Counter[int], asker: Asker) -> Iterator[Asked]:
    total = counts.total()
    for cell, percent in PERCENT.items():
        yield asker.ask(
            picture,
            "more than percent",
            yes_no(counts[cell] / total > percent / 100),
            about=CELLS[cell],
            own=OWN_WORDING,
            made=isinstance(picture, ViewPicture),
            cells=CELLS[cell],
            percent=str(percent),
        )
    (first, most), *rest = counts.most_common(2)
    if not rest or most > rest[0][1]:
        made = isinstance(picture, ViewPicture)
        yield asker.ask(picture, "dominant", CELLS[first], own=OWN_WORDING, made=made)


def _density(picture: Picture, total: int, size: Size, asker: Asker) -> Iterator[Asked]:
    dense = total / size.area * 1e4 > DENSE
    made = isinstance(picture, ViewPicture)
    yield asker.ask(picture, "cellularity", yes_no(dense), own=OWN_WORDING, made=made)
    if not made:
        count = str(round(total / 10) * 10)
        yield asker.ask(picture, "count", count, own=OWN_WORDING, made=False)


def _wheres(
    picture: Picture, points: list[Point], size: Size, asker: Asker
) -> Iterator[Asked]:
    middle = size.width / 2, size.height / 2
    for cell, name in CELLS.items():
        places = [p[:2] for p in points if p[2] == cell]
        for axis, halves in enumerate(HALVES):
            low = sum(place[axis] < middle[axis] for place in places)
            answer = half_with_more(low, len(places) - low, halves)
            if answer is not None:
                yield asker.ask(
                    picture,
                    "where",
                    answer,
                    about=f"{name}, {halves[0]} or {halves[1]}",
                    own=OWN_WORDING,
                    made=isinstance(picture, ViewPicture),
                    cells=name,
                    first=halves[0],
                    second=halves[1],
                )


def _comparisons(
    picture: Picture, counts: Counter[int], asker: Asker
) -> Iterator[Asked]:
    for cell, name in CELLS.items():
        for other, others in CELLS.items():
            few, many = sorted((counts[cell], counts[other]))
            if cell != other and many >= CLEARLY * few and many > few:
                yield asker.ask(
                    picture,
                    "outnumber",
                    yes_no(counts[cell] > counts[other]),
                    about=f"{name} and {others}",
                    cells=name,
                    others=others,
                )
        if counts[cell] == 0 or counts[cell] >= 3:
            answer = yes_no(counts[cell] > 0)
            yield asker.ask(picture, "present", answer, about=name, cells=name)
