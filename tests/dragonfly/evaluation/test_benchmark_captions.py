"""The captioning sets: rows in, scores by hand."""

from pathlib import Path

import pytest

from dragonfly.evaluation.benchmarks.catalogue import find_benchmark
from tests.dragonfly.evaluation.scoring import values, write_json, write_lines


@pytest.mark.parametrize(
    ("name", "group"), [("iu-xray", "CXR1_1_IM-0001"), ("mimic-cxr", "10000032")]
)
def test_a_report_set_is_read_from_its_annotation(
    tmp_path: Path, name: str, group: str
) -> None:
    row = {
        "id": "CXR1_1_IM-0001",
        "subject_id": 10000032,
        "report": "the heart is normal",
        "image_path": ["CXR1_1_IM-0001/0.png", "CXR1_1_IM-0001/1.png"],
        "split": "test",
    }
    write_json(tmp_path / "annotation.json", {"train": [], "val": [], "test": [row]})
    [item] = find_benchmark(name).items(tmp_path, "test")
    assert item.group == group
    assert item.image == tmp_path / "images" / "CXR1_1_IM-0001" / "0.png"
    scores = values(name, tmp_path, {item.id: "the heart normal"})
    assert scores["rouge-score", "ROUGE-L"] == pytest.approx(100 * 1.5 / 1.75)
    assert scores["sacrebleu", "BLEU-1"] == pytest.approx(
        100 * 2.718281828459045 ** (1 - 4 / 3)
    )


def test_roco_captions_are_scored(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "test" / "radiology"
    write_lines(
        folder / "captions.txt", ["ROCO_00002\t a b c d\n", "ROCO_00003\t e f g h"]
    )
    scores = values("roco", tmp_path, {"ROCO_00002": "a b c d"})
    assert scores["coco_formula", "CIDEr-D"] == pytest.approx(500)
    assert scores["coco_formula", "ROUGE-L"] == 50
    # All 4 words said match, but only half of the 8 wanted were said.
    assert scores["sacrebleu", "BLEU-1"] == pytest.approx(100 * 2.718281828459045**-1)
    [first, _] = find_benchmark("roco").items(tmp_path, "test")
    assert first.image == folder / "images" / "ROCO_00002.jpg"


def test_peir_gross_cuts_validation_out_of_training(tmp_path: Path) -> None:
    rows = [f"{n:08}.jpg\tLIVER: a mass {n}." for n in range(100)]
    write_lines(tmp_path / "train_images.tsv", rows)
    write_lines(tmp_path / "test_images.tsv", ["00000999.jpg\tHEART: normal."])
    benchmark = find_benchmark("peir-gross")
    train = benchmark.items(tmp_path, "train")
    validation = benchmark.items(tmp_path, "validation")
    assert len(train) + len(validation) == 100
    assert 5 <= len(validation) <= 25
    scores = values("peir-gross", tmp_path, {"00000999.jpg": "heart normal"})
    # Both stems match in one chunk of two words.
    meteor = scores["nltk, exact and stem modules only", "METEOR"]
    assert meteor == pytest.approx(100 * (1 - 0.5 / 8))
