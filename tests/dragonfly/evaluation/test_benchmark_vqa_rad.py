"""VQA-RAD in both layouts, and its splits."""

from pathlib import Path

import pytest

from dragonfly.evaluation.benchmarks.catalogue import find_benchmark
from dragonfly.evaluation.benchmarks.image_split import split_of_all, split_of_train
from dragonfly.evaluation.item import SPLITS, AnswerType
from tests.dragonfly.evaluation.scoring import values, write_json, write_lines


def published_row(
    qid: int, phrase: str, answer: object, kind: str
) -> dict[str, object]:
    return {
        "qid": qid,
        "image_name": f"synpic{qid}.jpg",
        "question": "Is there a mass?",
        "answer": answer,
        "answer_type": kind,
        "question_type": "PLANE",
        "phrase_type": phrase,
        "image_organ": "CHEST",
    }


@pytest.fixture
def published(tmp_path: Path) -> Path:
    rows = [
        published_row(1, "test_freeform", "Yes", "CLOSED "),
        published_row(2, "test_para", "No", "CLOSED"),
        published_row(3, "test_freeform", "Left lung", "OPEN"),
        published_row(4, "test_freeform", 2, "OPEN"),
        published_row(5, "freeform", "Yes", "CLOSED"),
    ]
    write_json(tmp_path / "VQA_RAD Dataset Public.json", rows)
    return tmp_path


def test_the_published_test_rows_are_scored(published: Path) -> None:
    said = {"1": "yes", "2": "it is normal", "3": "the left lower lung", "4": "two"}
    scores = values("vqa-rad", published, said)
    # Closed: one of two. Open: "2" exactly, the other shares 2 of 3 + 2 words.
    assert scores["strict", "closed accuracy"] == 50
    assert scores["strict", "open exact match"] == 50
    assert scores["strict", "open token F1"] == pytest.approx(100 * (4 / 5 + 1) / 2)
    assert scores["strict", "accuracy"] == 50
    # There "no" is inside "normal", and the longer answer loses nothing.
    assert scores["llava_med_compat", "closed accuracy"] == 100
    assert scores["llava_med_compat", "open recall"] == 100


def test_an_item_knows_its_image_and_kind(published: Path) -> None:
    item = find_benchmark("vqa-rad").items(published, "test")[0]
    assert item.image == published / "VQA_RAD Image Folder" / "synpic1.jpg"
    assert item.answer_type is AnswerType.CLOSED
    assert item.group == "synpic1.jpg"


def row(number: int, image: int, split: str) -> dict[str, object]:
    return {
        "id": f"r{number}",
        "image": f"images/synpic{image}.jpg",
        "question": "Is it seen?",
        "answer": "Yes",
        "answer_type": "CLOSED",
        "question_type": "PLANE",
        "split": split,
    }


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    made = [row(n, n % 60, "test" if n % 10 == 0 else "train") for n in range(300)]
    write_lines(tmp_path / "qa.jsonl", made)
    return tmp_path


def test_no_image_is_on_two_sides_of_the_cut_by_image(rows: Path) -> None:
    benchmark = find_benchmark("vqa-rad-by-image")
    groups = [{i.group for i in benchmark.items(rows, split)} for split in SPLITS]
    assert sum(map(len, groups)) == len(set.union(*groups)) == 60


def test_the_published_test_rows_stay_whole_and_train_is_cut_by_image(
    rows: Path,
) -> None:
    benchmark = find_benchmark("vqa-rad")
    train, validation, test = (benchmark.items(rows, split) for split in SPLITS)
    assert (len(test), len(train) + len(validation)) == (30, 270)
    assert not {i.group for i in train} & {i.group for i in validation}


def test_both_cuts_keep_the_same_images_for_validation() -> None:
    images = [f"synpic{n}.jpg" for n in range(200)]
    for image in images:
        same = split_of_train(image) == "validation"
        assert (split_of_all(image) == "validation") is same


def test_the_cut_does_not_drift() -> None:
    sides = [split_of_all(f"synpic{n}.jpg") for n in (54610, 3, 28210)]
    assert sides == ["train", "validation", "test"]
