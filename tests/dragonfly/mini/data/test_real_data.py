"""The real question sets, where they are there: our rules are the benchmarks' own."""

import os
from pathlib import Path

import pytest

from dragonfly.evaluation.benchmarks.template_sets import BCCD, BRCA_M2C
from dragonfly.evaluation.metrics.strict import normalise
from dragonfly.mini.data.asked import Asked
from dragonfly.mini.data.bccd import read_bccd
from dragonfly.mini.data.brca_m2c import read_brca_m2c
from dragonfly.mini.data.gather import gather
from dragonfly.mini.data.held_out import HeldOut, held_out
from dragonfly.mini.data.picture import StoredPicture, ViewPicture
from dragonfly.mini.data.plan import Plan

_BESIDE = Path(__file__).resolve().parents[5] / "shared"
SETS = Path(os.environ.get("DRAGONFLY_TEST_DATA", _BESIDE)) / "vqa"  # noqa: TID251
NOTHING_HELD = HeldOut((), frozenset(), ())

pytestmark = pytest.mark.skipif(
    not (SETS / "vqamed2019").is_dir(), reason="no real sets: set DRAGONFLY_TEST_DATA"
)


def compared(asked: list[Asked], official: dict[tuple[str, str], str]) -> int:
    """Agreeing answers to questions that the benchmark asks in the same words."""
    found = 0
    for one in asked:
        assert isinstance(one.picture, StoredPicture | ViewPicture)
        key = one.picture.path.name, normalise(one.question)
        if isinstance(one.picture, StoredPicture) and key in official:
            assert one.answer == official[key], one.question
            found += 1
    return found


def test_our_labels_of_brca_m2c_are_the_benchmarks_labels() -> None:
    items = BRCA_M2C.items(SETS / "brca_m2c", "train")
    official = {
        (i.image.name, normalise(i.question)): i.answers[0] for i in items if i.image
    }
    asked, _ = read_brca_m2c(SETS, NOTHING_HELD, 0, 0)
    assert compared(asked, official) > 200


def test_our_labels_of_bccd_are_the_benchmarks_labels() -> None:
    items = BCCD.items(SETS / "bccd", "train")
    official = {
        (i.image.name, normalise(i.question)): i.answers[0] for i in items if i.image
    }
    asked, _ = read_bccd(SETS, NOTHING_HELD, 0, 0)
    assert compared(asked, official) > 200


def test_no_training_picture_is_one_of_those_held_out() -> None:
    held = held_out(SETS)
    plan = Plan(brca_views=0, bccd_views=0, synthetic_slides=0)
    gathered = gather(SETS, plan)
    used = {
        one.picture.path
        for one in gathered.asked
        if isinstance(one.picture, StoredPicture | ViewPicture)
    }
    assert len(used) > 3000
    assert all(held.refuses(path) is None for path in used)
    # Pictures that two of the sets share are found in both directions.
    assert gathered.sieves["vqa-med-2019"].refused["name"] == 16
    assert gathered.sieves["vqa-med-2019"].refused["near duplicate"] == 22
    assert gathered.sieves["bccd"].refused["near duplicate"] == 1
    assert gathered.sieves["vqa-rad"].refused["name"] == 4
