"""Questions that people asked are kept as they are; checks follow from their labels."""

from pathlib import Path

from dragonfly.mini.data.held_out import held_out
from dragonfly.mini.data.radiology import CHECKS, read_vqa_med, read_vqa_rad
from tests.dragonfly.mini.data.conftest import RADIOLOGY, name_in


def test_only_the_training_part_by_image_is_read(vqa_folder: Path) -> None:
    asked, sieve = read_vqa_rad(vqa_folder, held_out(vqa_folder))
    assert sieve.passed == 1
    assert {one.picture.url(vqa_folder) for one in asked} == {
        f"vqa_rad/images/{name_in('train')}"
    }


def test_answers_are_in_lower_case(vqa_folder: Path) -> None:
    asked, _ = read_vqa_rad(vqa_folder, held_out(vqa_folder))
    assert [one.answer for one in asked] == ["yes"]


def test_the_questions_of_people_are_not_reworded(vqa_folder: Path) -> None:
    asked, _ = read_vqa_med(vqa_folder, held_out(vqa_folder), 0)
    people = [one for one in asked if not one.made]
    assert len(people) == 12 * len(RADIOLOGY)
    assert {one.question for one in people} == {row[1] for row in RADIOLOGY}


def test_a_check_agrees_with_the_label_it_comes_from(vqa_folder: Path) -> None:
    # All labels are "axial" and "skull and contents".
    asked = [
        one
        for seed in range(8)
        for one in read_vqa_med(vqa_folder, held_out(vqa_folder), seed)[0]
        if one.made
    ]
    assert {one.kind for one in asked if one.answer == "yes"} == {
        "plane check: an axial",
        "body check: the head",
    }
    assert {one.answer for one in asked} == {"yes", "no"}


def test_a_label_that_names_none_of_the_things_is_not_checked(vqa_folder: Path) -> None:
    # "yes" is an answer about modality, and says nothing by itself.
    asked, _ = read_vqa_med(vqa_folder, held_out(vqa_folder), 0)
    assert not any(one.kind.startswith("modality check") for one in asked)


def test_an_angiogram_of_unknown_kind_is_not_taken_for_a_ct() -> None:
    modalities = CHECKS["modality"][1]
    assert not any(pattern.match("an - angiogram") for pattern in modalities.values())
    assert modalities["a CT scan"].match("cta - ct angiography")
