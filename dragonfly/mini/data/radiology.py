"""VQA-RAD and VQA-Med 2019 as their authors asked and answered, and a few checks more.

The checks ("Is this a CT?") follow from VQA-Med's own labels; each subject is asked
about with "yes" and "no" equally often. Answers keep the wording that the benchmarks
accept, in lower case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from dragonfly.evaluation.benchmarks.image_split import bucket
from dragonfly.evaluation.item import Item
from dragonfly.mini.data.ask import Asker, yes_no
from dragonfly.mini.data.asked import Asked
from dragonfly.mini.data.held_out import FOLDERS, HeldOut
from dragonfly.mini.data.picture import StoredPicture
from dragonfly.mini.data.sieve import Sieve

CHECKED_PERCENT = 50
"""Of the pictures of VQA-Med: checks need rows of their own beside its questions."""
RAD, RAD_FOLDER = "vqa-rad", "vqa_rad"
MED, MED_FOLDER = "vqa-med-2019", "vqamed2019"

MODALITIES = {
    "an x-ray": re.compile(r"^xr\b"),
    "an ultrasound image": re.compile(r"^us\b"),
    "a CT scan": re.compile(r"^cta?\b"),
    "an MRI": re.compile(r"^mra?\b"),
}
PLANES = {
    "an axial": re.compile(r"^(axial|transverse)$"),
    "a sagittal": re.compile(r"^sagittal$"),
    "a coronal": re.compile(r"^coronal$"),
    "a lateral": re.compile(r"^lateral$"),
}
BODY = {
    "the head": re.compile(r"^skull and contents$"),
    "the chest": re.compile(r"^(lung, mediastinum, pleura|heart and great vessels)$"),
    "the spine": re.compile(r"^spine and contents$"),
    "bones or joints": re.compile(r"^musculoskeletal$"),
    "the breast": re.compile(r"^breast$"),
}
CHECKS = {
    "modality": ("modality check", MODALITIES),
    "plane": ("plane check", PLANES),
    "organ": ("body check", BODY),
}


def read_vqa_rad(vqa_folder: Path, held: HeldOut) -> tuple[list[Asked], Sieve]:
    """The training part of the split by image.

    Raises:
        EvaluationError: `DATA_NOT_FOUND`, `DATA_UNREADABLE`.
    """
    sieve = Sieve(held)
    items = _let_through(vqa_folder, RAD_FOLDER, sieve)
    return [_as_asked(item, RAD) for item in items], sieve


def read_vqa_med(
    vqa_folder: Path, held: HeldOut, seed: int
) -> tuple[list[Asked], Sieve]:
    """The training split, and checks that follow from its labels.

    Raises:
        EvaluationError: `DATA_NOT_FOUND`, `DATA_UNREADABLE`.
    """
    sieve = Sieve(held)
    asker = Asker(MED, "radiology", np.random.default_rng([seed, 83]))
    found: list[Asked] = []
    for item in _let_through(vqa_folder, MED_FOLDER, sieve):
        found.append(_as_asked(item, MED))
        found += _checks(item, asker)
    return found, sieve


def _let_through(vqa_folder: Path, folder: str, sieve: Sieve) -> Iterator[Item]:
    for item in FOLDERS[folder].items(vqa_folder / folder, "train"):
        if item.image is not None and sieve.passes(item.image):
            yield item


def _as_asked(item: Item, source: str) -> Asked:
    if item.image is None:
        raise ValueError("a question of these sets is always about a file")
    picture = StoredPicture(item.image)
    question, answer = " ".join(item.question.split()), _plain(item.answers[0])
    # Paraphrases of one question are in one category, and must not share a row.
    kind = item.meta["category"].lower()
    return Asked(source, "radiology", picture, kind, question, answer, kind, False)


def _plain(answer: str) -> str:
    return " ".join(answer.lower().split())


def _checks(item: Item, asker: Asker) -> Iterator[Asked]:
    """Whether the label is one of a few things: one that it is, or one that it is not.

    Labels that name none of the things ("t2", "oblique") are left alone: whether they
    exclude a thing is not known.
    """
    if item.image is None or item.meta["category"] not in CHECKS:
        return
    if bucket(f"checked {item.image.stem}") >= CHECKED_PERCENT:
        return
    template, things = CHECKS[item.meta["category"]]
    label = _plain(item.answers[0])
    true = [thing for thing, pattern in things.items() if pattern.match(label)]
    if not true:
        return
    others = [thing for thing in things if thing not in true]
    false = others[int(asker.random.integers(len(others)))]
    thing = true[0] if asker.random.random() < 0.5 else false
    answer = yes_no(thing in true)
    picture = StoredPicture(item.image)
    yield asker.ask(picture, template, answer, about=thing, thing=thing)
