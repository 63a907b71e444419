"""No picture of a validation or test split is trained on, under whatever name."""

from pathlib import Path

import pytest

from dragonfly.mini.data import DataError, Plan
from dragonfly.mini.data.gather import gather
from dragonfly.mini.data.held_out import held_out
from dragonfly.mini.data.mixture import refuse_leaks
from tests.dragonfly.mini.data.conftest import SMALL_PLAN, name_in, picture, save


def test_the_validation_and_test_pictures_of_all_sets_are_held_out(
    vqa_folder: Path,
) -> None:
    names = held_out(vqa_folder).names
    rad = {Path(name_in(split)).stem for split in ("validation", "test")}
    assert names == rad | {"med12", "brca_3", "blood4"}


def test_a_copy_under_another_name_is_refused(vqa_folder: Path) -> None:
    copy = vqa_folder / "vqamed2019/images/copy.png"
    save(copy, picture(212))
    assert held_out(vqa_folder).refuses(copy) == "pixels"


def test_the_same_picture_in_another_size_is_refused(vqa_folder: Path) -> None:
    copy = vqa_folder / "bccd/images/other.png"
    save(copy, picture(101, 400, 330))
    assert held_out(vqa_folder).refuses(copy) == "near duplicate"


def test_a_name_is_refused_in_every_set(vqa_folder: Path) -> None:
    other = vqa_folder / "vqa_rad/images/med12.jpg"
    save(other, picture(999))
    assert held_out(vqa_folder).refuses(other) == "name"


def test_another_picture_passes(vqa_folder: Path) -> None:
    other = vqa_folder / "vqa_rad/images/new.png"
    save(other, picture(998))
    assert held_out(vqa_folder).refuses(other) is None


def test_a_patient_who_is_held_out_is_left_out_of_training(vqa_folder: Path) -> None:
    sieve = gather(vqa_folder, SMALL_PLAN).sieves["brca-m2c"]
    assert (sieve.passed, dict(sieve.refused)) == (2, {"patient": 1})


def test_pictures_of_other_sets_are_compared_too(vqa_folder: Path) -> None:
    save(vqa_folder / "nuinsseg/images/0.png", picture(404))
    sieve = gather(vqa_folder, SMALL_PLAN).sieves["nuinsseg"]
    assert dict(sieve.refused) == {"pixels": 1}


def test_a_leak_stops_the_writing(vqa_folder: Path) -> None:
    gathered = gather(vqa_folder, SMALL_PLAN)
    train = vqa_folder / "bccd/images/blood0.png"
    gathered.held = type(gathered.held)((train,), frozenset(), ())
    with pytest.raises(DataError) as caught:
        refuse_leaks(gathered)
    assert caught.value.code == "LEAK_FOUND"


def test_a_damaged_picture_is_named(vqa_folder: Path) -> None:
    (vqa_folder / "bccd/images/blood0.png").write_bytes(b"no picture")
    with pytest.raises(DataError) as caught:
        gather(vqa_folder, Plan(synthetic_slides=0))
    assert caught.value.code == "PICTURE_UNREADABLE"
    assert "blood0.png" in caught.value.message
