"""SLAKE, Path-VQA, VQA-Med 2019 and the template sets: rows in, scores by hand."""

from pathlib import Path

import pytest

from dragonfly.evaluation.benchmarks.catalogue import find_benchmark
from dragonfly.evaluation.errors import EvaluationError
from dragonfly.evaluation.image import read_image
from tests.dragonfly.evaluation.parquet import write_path_vqa_shard
from tests.dragonfly.evaluation.scoring import values, write_json, write_lines


def slake_row(qid: int, language: str, answer: str, kind: str) -> dict[str, object]:
    return {
        "img_id": 1,
        "img_name": f"xmlab{qid}/source.jpg",
        "question": "Where is the liver?",
        "answer": answer,
        "q_lang": language,
        "location": "Abdomen",
        "modality": "CT",
        "answer_type": kind,
        "base_type": "vqa",
        "content_type": "Position",
        "triple": ["vhead", "_", "_"],
        "qid": qid,
    }


def test_slake_asks_the_english_questions_only(tmp_path: Path) -> None:
    rows = [
        slake_row(7, "en", "Right", "OPEN"),
        slake_row(8, "zh", "右", "OPEN"),
        slake_row(9, "en", "No", "CLOSED"),
    ]
    write_json(tmp_path / "validate.json", rows)
    scores = values("slake", tmp_path, {"7": "right", "9": "No."}, "validation")
    assert scores["strict", "accuracy"] == 100
    items = find_benchmark("slake").items(tmp_path, "validation")
    assert [(item.id, item.group) for item in items] == [
        ("7", "xmlab7"),
        ("9", "xmlab9"),
    ]
    assert items[0].image == tmp_path / "imgs" / "xmlab7" / "source.jpg"


def test_path_vqa_rows_are_scored_in_each_labelled_way(tmp_path: Path) -> None:
    rows = [
        {"image": "test_0000", "question": "what is seen?", "answer": "liver cell"},
        {"image": "test_0001", "question": "is it seen?", "answer": "no"},
    ]
    write_json(tmp_path / "test.json", rows)
    said = {"test-0": "liver tissue", "test-1": "normal"}
    scores = values("path-vqa", tmp_path, said)
    assert scores["strict", "open token F1"] == 50
    assert scores["path_vqa_official", "open F1"] == pytest.approx(50)
    assert scores["strict", "closed accuracy"] == 0
    assert scores["llava_med_compat", "closed accuracy"] == 100
    assert scores["quilt_compat", "closed accuracy (words)"] == 0


def test_path_vqa_reads_parquet_and_its_images(tmp_path: Path) -> None:
    rows = [("what is seen?", "liver", (200, 0, 0)), ("is it?", "yes", (0, 0, 200))]
    write_path_vqa_shard(tmp_path / "data" / "test-00000-of-00001.parquet", rows)
    items = find_benchmark("path-vqa").items(tmp_path, "test")
    assert [item.answers for item in items] == [("liver",), ("yes",)]
    assert items[0].group != items[1].group
    assert read_image(items[1]).getpixel((0, 0)) == (0, 0, 200)


def test_path_vqa_as_pickles_is_refused(tmp_path: Path) -> None:
    (tmp_path / "qas").mkdir()
    (tmp_path / "qas" / "test_qa.pkl").write_bytes(b"anything")
    with pytest.raises(EvaluationError) as error:
        find_benchmark("path-vqa").items(tmp_path, "test")
    assert error.value.code == "PICKLE_REFUSED"


def test_vqa_med_test_file_with_several_references(tmp_path: Path) -> None:
    lines = [
        "synpic1|Modality|what modality is shown?|xr - plain film#x-ray",
        "synpic2|Plane|what plane?|axial",
        "synpic3|Abnormality|is it normal?|no",
    ]
    name = "VQAMed2019_Test_Questions_w_Ref_Answers.txt"
    write_lines(tmp_path / "VQAMed2019Test" / name, lines)
    ids = ["modality-0-synpic1", "plane-1-synpic2", "abnormality-2-synpic3"]
    said = dict(zip(ids, ["X-Ray", "axial plane", "no"], strict=True))
    scores = values("vqa-med-2019", tmp_path, said)
    assert scores["vqa_med_official", "accuracy"] == pytest.approx(200 / 3)
    # "axial plane": one of two words, no pair: (1/2) ** 0.25.
    half = 0.5**0.25
    assert scores["vqa_med_official", "BLEU"] == pytest.approx(100 * (2 + half) / 3)
    assert scores["vqa_med_official", "accuracy: plane"] == 0


def test_vqa_med_training_files_by_category(tmp_path: Path) -> None:
    folder = tmp_path / "ImageClef-2019-VQA-Med-Training" / "QAPairsByCategory"
    for stem in ("C1_Modality", "C2_Plane", "C3_Organ", "C4_Abnormality"):
        write_lines(folder / f"{stem}_train.txt", ["synpic9|what is it?|ct | scan"])
    items = find_benchmark("vqa-med-2019").items(tmp_path, "train")
    assert [item.meta["category"] for item in items] == [
        "modality",
        "plane",
        "organ",
        "abnormality",
    ]
    assert items[0].answers == ("ct | scan",)


def test_vqa_med_rows_of_one_split(tmp_path: Path) -> None:
    row = {
        "id": "v0",
        "image": "images/synpic1.jpg",
        "question": "what plane?",
        "answer": "axial#transverse",
        "category": "plane",
        "answer_type": "OPEN",
    }
    write_lines(
        tmp_path / "qa.jsonl",
        [row | {"split": "val"}, row | {"id": "t0", "split": "train"}],
    )
    scores = values("vqa-med-2019", tmp_path, {"v0": "transverse"}, "validation")
    assert scores["vqa_med_official", "accuracy"] == 100


def test_brca_m2c_groups_by_patient_and_shows_each_kind(tmp_path: Path) -> None:
    row = {
        "image": "images/brca_000.jpg",
        "question": "Is this H&E patch densely cellular?",
        "split": "val",
        "source": "TCGA-A7-A0D9-01Z-00-DX2_18001_13001_1000_1000_0.9824.png",
    }
    closed = {"id": "m2c-0", "answer": "yes", "answer_type": "CLOSED", "kind": "til"}
    count = {"id": "m2c-1", "answer": "12", "answer_type": "OPEN", "kind": "count"}
    write_lines(tmp_path / "qa_template.jsonl", [row | closed, row | count])
    said = {"m2c-0": "no", "m2c-1": "12 cells"}
    scores = values("brca-m2c", tmp_path, said, "validation")
    assert scores["strict", "accuracy: til"] == 0
    assert scores["strict", "open token F1"] == pytest.approx(200 / 3)
    items = find_benchmark("brca-m2c").items(tmp_path, "validation")
    assert {item.group for item in items} == {"TCGA-A7-A0D9"}


def test_bccd_takes_the_kind_from_the_id(tmp_path: Path) -> None:
    row = {
        "image": "images/BloodImage_00000.jpg",
        "question": "How many white blood cells are visible in this blood smear?",
        "split": "val",
    }
    rows = [
        row | {"id": "bccd-BloodImage_00000-n", "answer": "1", "answer_type": "OPEN"},
        row
        | {"id": "bccd-BloodImage_00000-WBC", "answer": "yes", "answer_type": "CLOSED"},
    ]
    write_lines(tmp_path / "qa_template.jsonl", rows)
    said = {"bccd-BloodImage_00000-n": "One.", "bccd-BloodImage_00000-WBC": "no"}
    scores = values("bccd", tmp_path, said, "validation")
    assert scores["strict", "accuracy: count"] == 100
    assert scores["strict", "accuracy: white cells"] == 0
