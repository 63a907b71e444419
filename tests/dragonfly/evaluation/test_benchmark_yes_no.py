"""POPE and MME: rows in, scores by hand."""

from pathlib import Path

import pytest

from dragonfly.evaluation.benchmarks.catalogue import find_benchmark
from dragonfly.evaluation.metrics.yes_no import mme_answer, pope_answer
from tests.dragonfly.evaluation.scoring import values, write_lines


@pytest.fixture
def pope(tmp_path: Path) -> Path:
    for category in ("random", "popular", "adversarial"):
        rows = [
            {
                "question_id": number,
                "image": "COCO_val2014_000000000042.jpg",
                "text": "Is there a dog?",
                "label": label,
            }
            for number, label in enumerate(["yes", "yes", "no", "no"])
        ]
        write_lines(tmp_path / f"coco_pope_{category}.json", rows)
    return tmp_path


def test_pope_f1_of_each_category(pope: Path) -> None:
    said = {
        f"random-{n}": t for n, t in enumerate(["Yes", "No", "Yes", "There is not"])
    }
    said |= {f"popular-{n}": "yes" for n in range(4)}
    scores = values("pope", pope, said)
    # Random: 1 yes right, 1 yes wrong, 1 yes missed. Popular: 2 right, 2 wrong.
    assert scores["pope_official", "F1: random"] == 50
    assert scores["pope_official", "F1: popular"] == pytest.approx(200 / 3)
    assert scores["pope_official", "recall: popular"] == 100
    assert scores["pope_official", "share of yes: popular"] == 100


def test_an_unanswered_pope_item_is_wrong_whatever_its_label(pope: Path) -> None:
    scores = values("pope", pope, {"random-0": "yes"})
    assert scores["pope_official", "accuracy: adversarial"] == 0
    assert scores["strict", "accuracy"] == pytest.approx(100 / 12)


def test_pope_reads_only_the_first_sentence() -> None:
    assert pope_answer("Yes. It is not small.") == "yes"
    assert pope_answer("There is no dog.") == "no"


def test_mme_reads_only_the_first_letters() -> None:
    assert mme_answer("Yes, it is") == "yes"
    assert mme_answer("The answer is yes") is None


def test_mme_adds_single_and_paired_accuracy(tmp_path: Path) -> None:
    body = ["Is it a dog? Please answer yes or no.\tYes", "Is it a cat?\tNo", ""]
    write_lines(tmp_path / "existence" / "0006.txt", body)
    write_lines(tmp_path / "existence" / "0007.txt", body)
    write_lines(tmp_path / "artwork" / "questions_answers_YN" / "1.txt", body)
    (tmp_path / "artwork" / "images").mkdir()
    (tmp_path / "artwork" / "images" / "1.png").touch()
    said = {
        "existence/0006/0": "Yes",
        "existence/0006/1": "No",
        "existence/0007/0": "Yes",
        "existence/0007/1": "Yes",
        "artwork/1/0": "yes",
    }
    scores = values("mme", tmp_path, said)
    # Existence: 3 of 4 and 1 of 2 images; artwork: 1 of 2 and none.
    assert scores["mme_official", "perception: existence"] == 125
    assert scores["mme_official", "perception: artwork"] == 50
    assert scores["mme_official", "perception (2 of 10 subtasks)"] == 175
    images = [item.image for item in find_benchmark("mme").items(tmp_path, "test")]
    assert tmp_path / "artwork" / "images" / "1.png" in images
    assert tmp_path / "existence" / "0006.jpg" in images
