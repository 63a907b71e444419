"""NuInsSeg: nuclei in H&E tissue of many organs, counted from their boxes (CC BY 4.0).

Only nuclei are asked for. Each organ is one slide there, so its stain gives it away;
the organ is never an answer, and colour is changed or taken away in most views.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from dragonfly.evaluation.source_file import Row
from dragonfly.geometry import Size
from dragonfly.mini.data.ask import HALVES, Asker, half_with_more, yes_no
from dragonfly.mini.data.asked import Asked
from dragonfly.mini.data.boxed_pictures import boxed_training_pictures
from dragonfly.mini.data.held_out import HeldOut
from dragonfly.mini.data.picture import Picture, ViewPicture
from dragonfly.mini.data.sieve import Sieve
from dragonfly.mini.data.view import Stain, View, random_views

NAME, FOLDER = "nuinsseg", "nuinsseg"
SMALLEST = 0.35
STAINS: tuple[Stain, ...] = ("jittered", "grey")
MORE_THAN = (5, 10, 20, 40)
CLEAR = 1.25
"""How far a count must be from a number to be said to lie above or below it."""


def read_nuinsseg(
    vqa_folder: Path, held: HeldOut, seed: int, views: int
) -> tuple[list[Asked], Sieve]:
    """Questions about `views` re-stained views of every training tile.

    Raises:
        EvaluationError: `DATA_NOT_FOUND`, `DATA_UNREADABLE`.
    """
    asker = Asker(NAME, "stained tissue", np.random.default_rng([seed, 79]))
    sieve = Sieve(held)
    found: list[Asked] = []
    for row, picture in boxed_training_pictures(vqa_folder / FOLDER, sieve):
        size = Size(int(row["w"]), int(row["h"]))
        for view in random_views(size, views, asker.random, SMALLEST, STAINS):
            found += _questions(ViewPicture(picture, view), view, row, asker)
    return found, sieve


def _questions(picture: Picture, view: View, row: Row, asker: Asker) -> Iterator[Asked]:
    middles = [(x + w / 2, y + h / 2) for x, y, w, h in row["boxes"]]
    places = [view.place(x, y) for x, y in middles if view.shows(x, y)]
    yield from _counts(picture, len(places), asker)
    boxes = ((x, y, x + w, y + h) for x, y, w, h in row["boxes"])
    if places or not any(view.share_shown(box) > 0 for box in boxes):
        answer = yes_no(bool(places))
        yield asker.ask(picture, "nuclei present", answer)
    sides = view.size.width, view.size.height
    for axis, halves in enumerate(HALVES):
        low = sum(place[axis] * 2 < sides[axis] for place in places)
        more = half_with_more(low, len(places) - low, halves)
        if more is not None:
            yield asker.ask(
                picture,
                "where",
                more,
                about=f"nuclei, {halves[0]} or {halves[1]}",
                cells="nuclei",
                first=halves[0],
                second=halves[1],
            )


def _counts(picture: Picture, count: int, asker: Asker) -> Iterator[Asked]:
    for number in MORE_THAN:
        if count >= CLEAR * number or count * CLEAR <= number:
            yield asker.ask(
                picture,
                "nuclei dense",
                yes_no(count > number),
                about=str(number),
                number=str(number),
            )
    if count >= 5:
        yield asker.ask(picture, "nuclei count", str(round(count / 10) * 10))
