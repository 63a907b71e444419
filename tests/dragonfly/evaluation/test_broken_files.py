"""Wrong and missing files end in a sentence with a stable code."""

from pathlib import Path

import pytest

from dragonfly.evaluation.benchmarks.catalogue import BENCHMARKS, find_benchmark
from dragonfly.evaluation.errors import EvaluationError
from dragonfly.evaluation.image import read_image
from dragonfly.evaluation.item import AnswerType, Item, Split
from dragonfly.evaluation.library import need
from dragonfly.evaluation.predictions import read_predictions
from tests.dragonfly.evaluation.scoring import write_json, write_lines


@pytest.mark.parametrize("name", sorted(BENCHMARKS))
@pytest.mark.parametrize("folder", ["", "absent"])
def test_an_empty_or_absent_folder_is_no_data_set(
    tmp_path: Path, name: str, folder: str
) -> None:
    split: Split = "validation" if name in ("textvqa", "vizwiz") else "test"
    with pytest.raises(EvaluationError) as error:
        find_benchmark(name).items(tmp_path / folder, split)
    assert error.value.code == "DATA_NOT_FOUND"


@pytest.mark.parametrize("name", ["pope", "mme", "seed", "mm-vet"])
def test_a_set_without_training_says_so(tmp_path: Path, name: str) -> None:
    with pytest.raises(EvaluationError) as error:
        find_benchmark(name).items(tmp_path, "train")
    assert error.value.code == "SPLIT_EMPTY"


@pytest.mark.parametrize(
    ("name", "file", "content"),
    [
        ("slake", "test.json", "{"),
        ("slake", "test.json", '{"not": "a list"}'),
        ("slake", "test.json", '[{"q_lang": "en"}]'),
        ("vqa-rad", "qa.jsonl", '{"split": "test"}'),
        ("brca-m2c", "qa_template.jsonl", "[1]"),
        ("iu-xray", "annotation.json", '{"test": [{"id": "x", "report": "y"}]}'),
        ("path-vqa", "data/test-0.parquet", "no parquet"),
        ("scienceqa", "problems.json", "{}"),
        ("seed", "SEED-Bench.json", "[]"),
        ("mm-vet", "mm-vet.json", "[]"),
        ("gqa", "testdev_balanced_questions.json", "[]"),
        ("peir-gross", "test_images.tsv", "no tab here"),
    ],
)
def test_a_damaged_file_is_named(
    tmp_path: Path, name: str, file: str, content: str
) -> None:
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).write_text(content)
    if name == "scienceqa":
        write_json(tmp_path / "pid_splits.json", {"test": ["4"]})
    with pytest.raises(EvaluationError, match=Path(file).name) as error:
        find_benchmark(name).items(tmp_path, "test")
    assert error.value.code == "DATA_UNREADABLE"


@pytest.mark.parametrize(
    ("name", "file", "content"),
    [
        ("seed", "SEED-Bench.json", '{"questions": [1]}'),
        ("mm-vet", "mm-vet.json", '{"v1_0": 1}'),
        ("gqa", "testdev_balanced_questions.json", '{"1": []}'),
        ("slake", "test.json", '[{"q_lang": "en", "answer_type": "BOTH"}]'),
        ("brca-m2c", "qa_template.jsonl", '{"split": "test", "id": "a"}'),
    ],
)
def test_another_layout_is_refused_whatever_it_is(
    tmp_path: Path, name: str, file: str, content: str
) -> None:
    (tmp_path / file).write_text(content)
    with pytest.raises(EvaluationError) as error:
        find_benchmark(name).items(tmp_path, "test")
    assert error.value.code == "DATA_UNREADABLE"


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "test.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(EvaluationError, match="UTF-8"):
        find_benchmark("slake").items(tmp_path, "test")


def test_two_items_with_one_id_are_refused(tmp_path: Path) -> None:
    write_lines(tmp_path / "test_images.tsv", ["a.jpg\tx", "a.jpg\ty"])
    with pytest.raises(EvaluationError) as error:
        find_benchmark("peir-gross").items(tmp_path, "test")
    assert error.value.code == "IDS_NOT_UNIQUE"


def test_an_unknown_benchmark_lists_the_known_ones() -> None:
    with pytest.raises(EvaluationError, match="vqa-rad") as error:
        find_benchmark("vqa")
    assert error.value.code == "UNKNOWN_BENCHMARK"


@pytest.mark.parametrize(
    "line",
    ["{", "[]", '{"prediction": "x"}', '{"id": "a"}', '{"id": "a", "prediction": 1}'],
)
def test_predictions_in_another_form_are_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "p.jsonl").write_text(line)
    with pytest.raises(EvaluationError, match="line 1") as error:
        read_predictions(tmp_path / "p.jsonl")
    assert error.value.code == "PREDICTIONS_UNREADABLE"


def test_two_predictions_for_one_item_are_refused(tmp_path: Path) -> None:
    write_lines(tmp_path / "p.jsonl", [{"id": "a", "prediction": "x"}] * 2)
    with pytest.raises(EvaluationError) as error:
        read_predictions(tmp_path / "p.jsonl")
    assert error.value.code == "PREDICTIONS_REPEATED"


def test_an_image_that_cannot_be_decoded_is_named_by_its_item(tmp_path: Path) -> None:
    (tmp_path / "x.png").write_text("no image")
    item = Item("q7", tmp_path / "x.png", "?", ("a",), AnswerType.OPEN, "g")
    with pytest.raises(EvaluationError, match="q7") as error:
        read_image(item)
    assert error.value.code == "IMAGE_UNREADABLE"


def test_a_missing_library_says_what_to_install() -> None:
    with pytest.raises(EvaluationError, match="pip install") as error:
        need("a_library_that_is_not_there.part")
    assert error.value.code == "EVALUATION_LIBRARY_MISSING"
