"""All questions of all sources, thinned out, checked and ready to be written.

A source whose folder is absent is left out and named as such.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from dragonfly.mini.data import bccd, brca_m2c, nuinsseg, radiology
from dragonfly.mini.data.asked import Asked, balanced, without_repeats
from dragonfly.mini.data.bccd import read_bccd
from dragonfly.mini.data.brca_m2c import read_brca_m2c
from dragonfly.mini.data.errors import DataError
from dragonfly.mini.data.held_out import HeldOut, held_out
from dragonfly.mini.data.nuinsseg import read_nuinsseg
from dragonfly.mini.data.picture import Picture
from dragonfly.mini.data.picture_kind import ask_picture_kinds
from dragonfly.mini.data.plan import Plan
from dragonfly.mini.data.radiology import read_vqa_med, read_vqa_rad
from dragonfly.mini.data.sieve import Sieve
from dragonfly.mini.data.synthetic_fields import read_synthetic
from dragonfly.mini.data.unknown import unanswerable

Read = Callable[[Path, HeldOut, Plan], tuple[list[Asked], Sieve]]

SOURCES: dict[str, tuple[str, Read]] = {
    radiology.RAD: (
        radiology.RAD_FOLDER,
        lambda folder, held, plan: read_vqa_rad(folder, held),
    ),
    radiology.MED: (
        radiology.MED_FOLDER,
        lambda folder, held, plan: read_vqa_med(folder, held, plan.seed),
    ),
    brca_m2c.NAME: (
        brca_m2c.FOLDER,
        lambda folder, held, plan: read_brca_m2c(
            folder, held, plan.seed, plan.brca_views
        ),
    ),
    bccd.NAME: (
        bccd.FOLDER,
        lambda folder, held, plan: read_bccd(folder, held, plan.seed, plan.bccd_views),
    ),
    nuinsseg.NAME: (
        nuinsseg.FOLDER,
        lambda folder, held, plan: read_nuinsseg(
            folder, held, plan.seed, plan.nuinsseg_views
        ),
    ),
}


LEANING = 1.5
"""How much commoner than the rarest one an answer of a made kind may be."""

MOST_OF_A_TOPIC = 2
"""Made questions of one topic about one picture: each needs a row of its own."""


@dataclass
class Gathered:
    """The questions, and what was left out on the way to them."""

    asked: list[Asked]
    held: HeldOut
    absent: list[str] = field(default_factory=list)
    sieves: dict[str, Sieve] = field(default_factory=dict)
    repeats: int = 0
    contradictions: int = 0


def gather(vqa_folder: Path, plan: Plan) -> Gathered:
    """Every question that the plan wants, deterministic under its seed.

    Raises:
        DataError: `SETS_MISSING`, `PICTURE_UNREADABLE`.
        EvaluationError: `DATA_UNREADABLE`.
    """
    if not vqa_folder.is_dir():
        raise DataError("SETS_MISSING", f"There is no folder '{vqa_folder}'.")
    gathered = Gathered([], held_out(vqa_folder))
    found: list[Asked] = []
    for name, (folder, read) in SOURCES.items():
        if not (vqa_folder / folder).is_dir():
            gathered.absent.append(name)
            continue
        asked, gathered.sieves[name] = read(vqa_folder, gathered.held, plan)
        found += asked
    found += read_synthetic(plan.seed, plan.synthetic_slides)
    if not found:
        raise DataError(
            "SETS_MISSING",
            f"'{vqa_folder}' holds none of the question sets, and no synthetic slides "
            "were asked for.",
        )
    found, gathered.repeats, gathered.contradictions = without_repeats(found)
    kept = _thinned(found, plan)
    kept += ask_picture_kinds(kept, plan.seed)
    gathered.asked = kept + unanswerable(kept, plan.unknown_share, plan.seed)
    return gathered


def _thinned(asked: Sequence[Asked], plan: Plan) -> list[Asked]:
    """What people asked, whole; what was made, a few per picture, then balanced.

    Benchmarks' own counts of cells have many answers and are not balanced: there,
    the rarest answer would decide how little is left.
    """
    random = np.random.default_rng([plan.seed, 103])
    people = [one for one in asked if not one.made]
    counts = [one for one in asked if one.made and "count" in one.kind]
    others = [one for one in asked if one.made and "count" not in one.kind]
    made = balanced(others, random, LEANING) + _few_of_each_answer(counts, random)
    return people + _few_of_each_picture(made, people, plan.made_a_picture, random)


def _few_of_each_answer(
    asked: Sequence[Asked], random: np.random.Generator
) -> list[Asked]:
    """No answer of a kind more than twice as often as the mean over its answers."""
    totals = Counter(one.kind for one in asked)
    answers = {kind: set[str]() for kind in totals}
    for one in asked:
        answers[one.kind].add(one.answer)
    taken: Counter[tuple[str, str]] = Counter()
    kept = []
    for one in (asked[i] for i in random.permutation(len(asked))):
        most = 2 * totals[one.kind] / len(answers[one.kind])
        if taken[one.kind, one.answer] < most:
            taken[one.kind, one.answer] += 1
            kept.append(one)
    return kept


def _few_of_each_picture(
    made: Sequence[Asked],
    people: Sequence[Asked],
    most: int,
    random: np.random.Generator,
) -> list[Asked]:
    """At most so many of a picture, together with what people asked about it."""
    taken: Counter[Picture] = Counter(one.picture for one in people)
    topics: Counter[tuple[Picture, str]] = Counter()
    kept = []
    for one in (made[i] for i in random.permutation(len(made))):
        room = topics[one.picture, one.topic] < MOST_OF_A_TOPIC
        if taken[one.picture] < most and room:
            taken[one.picture] += 1
            topics[one.picture, one.topic] += 1
            kept.append(one)
    return kept
