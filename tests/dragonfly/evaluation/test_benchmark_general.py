"""The general sets: rows in, scores by hand."""

from pathlib import Path

import pytest

from dragonfly.evaluation.benchmarks.catalogue import find_benchmark
from dragonfly.evaluation.errors import EvaluationError
from tests.dragonfly.evaluation.scoring import values, write_json, write_lines


def test_ai2d_takes_test_from_its_list_of_images(tmp_path: Path) -> None:
    def page(image: str, right: int) -> dict[str, object]:
        body = {
            "abcLabel": image == "1.png",
            "answerTexts": ["ears", "nose", "mouth", "face"],
            "correctAnswer": right,
            "questionId": f"{image}-0",
        }
        return {"imageName": image, "questions": {"What is A?": body}}

    for image, right in (("0.png", 3), ("1.png", 0), ("2.png", 1)):
        write_json(tmp_path / "questions" / f"{image}.json", page(image, right))
    write_lines(tmp_path / "ai2d_test_ids.csv", ["0", "1"])
    items = find_benchmark("ai2d").items(tmp_path, "test")
    assert [item.answers for item in items] == [("D",), ("A",)]
    assert items[1].image == tmp_path / "abc_images" / "1.png"
    assert "D. face" in items[0].prompt
    scores = values("ai2d", tmp_path, {"0.png-0": "D", "1.png-0": "an ear, I guess"})
    assert scores["strict", "accuracy"] == 50
    assert scores["strict", "no option told (counted wrong)"] == 50


def test_scienceqa_leaves_out_questions_without_an_image(tmp_path: Path) -> None:
    problem = {
        "question": "Which is warmer?",
        "choices": ["ice", "steam"],
        "answer": 1,
        "hint": "Look at the picture.",
        "image": "image.png",
        "subject": "natural science",
        "split": "test",
    }
    write_json(
        tmp_path / "problems.json", {"4": problem, "5": problem | {"image": None}}
    )
    write_json(tmp_path / "pid_splits.json", {"test": ["4", "5"], "train": []})
    [item] = find_benchmark("scienceqa").items(tmp_path, "test")
    assert item.image == tmp_path / "images" / "test" / "4" / "image.png"
    assert item.question == "Look at the picture.\nWhich is warmer?"
    assert values("scienceqa", tmp_path, {"4": "steam"})["strict", "accuracy"] == 100


def test_chartqa_is_scored_over_both_halves(tmp_path: Path) -> None:
    folder = tmp_path / "ChartQA Dataset" / "test"
    human = [
        {"imgname": "1.png", "query": "How many?", "label": "100"},
        {"imgname": "1.png", "query": "Which?", "label": "Spain"},
    ]
    write_json(folder / "test_human.json", human)
    write_json(folder / "test_augmented.json", human[:1])
    said = {"human-0": "104", "human-1": "france", "augmented-0": "106"}
    scores = values("chartqa", tmp_path, said)
    assert scores["chartqa_official", "relaxed accuracy"] == pytest.approx(100 / 3)
    assert scores["chartqa_official", "relaxed accuracy: human"] == 50


def test_textvqa_counts_ten_people(tmp_path: Path) -> None:
    row = {
        "question_id": 34602,
        "question": "what brand?",
        "image_id": "003a8ae2ef43b901",
        "answers": ["nokia"] * 3 + ["toshiba"] * 7,
    }
    write_json(tmp_path / "TextVQA_0.5.1_val.json", {"data": [row]})
    scores = values("textvqa", tmp_path, {"34602": "Nokia"}, "validation")
    # The 3 who said it see 2 others: 2/3; the 7 others see 3: 1.
    assert scores["vqa_official", "VQA accuracy"] == pytest.approx(100 * (2 + 7) / 10)


@pytest.mark.parametrize("name", ["textvqa", "vizwiz"])
def test_a_test_split_without_public_answers_is_refused(
    tmp_path: Path, name: str
) -> None:
    with pytest.raises(EvaluationError) as error:
        find_benchmark(name).items(tmp_path, "test")
    assert error.value.code == "ANSWERS_NOT_PUBLIC"


def test_vizwiz_counts_ten_people(tmp_path: Path) -> None:
    answers = [{"answer": "unanswerable", "answer_confidence": "yes"}] * 4
    answers += [{"answer": "coke", "answer_confidence": "no"}] * 6
    row = {
        "image": "VizWiz_val_00000000.jpg",
        "question": "What is this?",
        "answers": answers,
        "answer_type": "unanswerable",
        "answerable": 0,
    }
    write_json(tmp_path / "Annotations" / "val.json", [row])
    said = {"VizWiz_val_00000000.jpg": "unanswerable"}
    scores = values("vizwiz", tmp_path, said, "validation")
    assert scores["vqa_official", "VQA accuracy"] == 100


def test_gqa_compares_whole_answers(tmp_path: Path) -> None:
    row = {"question": "Is it red?", "imageId": "n1", "answer": "yes"}
    content = {"201": row, "202": row | {"answer": "table"}}
    write_json(tmp_path / "testdev_balanced_questions.json", content)
    scores = values("gqa", tmp_path, {"201": "Yes, it is.", "202": "Table."})
    assert scores["gqa_official", "accuracy"] == 50
    assert scores["strict", "accuracy"] == 100


def test_seed_keeps_image_questions(tmp_path: Path) -> None:
    row = {
        "answer": "C",
        "choice_a": "One",
        "choice_b": "Two",
        "choice_c": "Three",
        "choice_d": "Four",
        "data_id": "1454426_2591111986",
        "data_type": "image",
        "question": "How many towels are in the image?",
        "question_id": "101669",
        "question_type_id": 5,
    }
    content = {
        "questions": [row, row | {"data_type": "video", "question_id": "9"}],
        "question_type": {"Instances Counting": 5},
    }
    write_json(tmp_path / "SEED-Bench.json", content)
    [item] = find_benchmark("seed").items(tmp_path, "test")
    assert item.meta["category"] == "Instances Counting"
    assert values("seed", tmp_path, {"101669": "Three"})["strict", "accuracy"] == 100


def test_mm_vet_counts_required_words_and_says_it_is_not_mm_vet(
    tmp_path: Path,
) -> None:
    row = {"imagename": "v1_0.png", "question": "x?", "capability": ["ocr", "math"]}
    content = {
        "v1_0": row | {"answer": "-1<AND>-5"},
        "v1_1": row | {"answer": "car<OR>red truck"},
    }
    write_json(tmp_path / "mm-vet.json", content)
    said = {"v1_0": "x is -1 or 5", "v1_1": "I see a red truck."}
    scores = values("mm-vet", tmp_path, said)
    assert scores["strict", "required words said (not MM-Vet)"] == 50
    assert "GPT-4" in find_benchmark("mm-vet").not_computed
