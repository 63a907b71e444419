"""Asking a model: resumable, batched, and never mixing two runs in one file."""

import io
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from rich.console import Console

from dragonfly.evaluation.errors import EvaluationError
from dragonfly.evaluation.item import AnswerType, Item
from dragonfly.evaluation.predict import Answerer, predict
from tests.dragonfly.evaluation.answerers import Echo


@pytest.fixture
def items(tmp_path: Path) -> list[Item]:
    image = tmp_path / "image.png"
    image.touch()
    return [Item(f"q{n}", image, "?", ("a",), AnswerType.OPEN, "g") for n in range(5)]


def ask(items: Sequence[Item], answer: Answerer, path: Path, size: int = 2) -> int:
    return predict(items, answer, path, size, Console(file=io.StringIO()))


def ids(path: Path) -> list[str]:
    return [json.loads(line)["id"] for line in path.read_text().splitlines()]


def test_each_row_has_the_id_the_answer_and_the_model(
    items: list[Item], tmp_path: Path
) -> None:
    path = tmp_path / "made" / "out.jsonl"
    assert ask(items[:1], Echo(), path) == 1
    row = {"id": "q0", "prediction": "answer to q0", "model": "echo"}
    assert json.loads(path.read_text()) == row


def test_a_stopped_run_continues_where_it_was(
    items: list[Item], tmp_path: Path
) -> None:
    path = tmp_path / "out.jsonl"
    with pytest.raises(ConnectionError):
        ask(items, Echo(batches=1), path)
    again = Echo()
    assert ask(items, again, path) == 3
    assert again.asked == [["q2", "q3"], ["q4"]]
    assert ids(path) == ["q0", "q1", "q2", "q3", "q4"]


def test_a_row_cut_short_is_asked_again(items: list[Item], tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    ask(items[:2], Echo(), path)
    path.write_text(path.read_text()[:-9])
    assert ask(items[:2], Echo(), path) == 1
    assert ids(path) == ["q0", "q1"]


def test_another_model_does_not_continue_the_file(
    items: list[Item], tmp_path: Path
) -> None:
    path = tmp_path / "out.jsonl"
    ask(items[:1], Echo(), path)
    with pytest.raises(EvaluationError, match="another file") as error:
        ask(items, Echo(name="other"), path)
    assert error.value.code == "PREDICTIONS_OF_ANOTHER_MODEL"


def test_another_set_of_items_does_not_continue_the_file(
    items: list[Item], tmp_path: Path
) -> None:
    path = tmp_path / "out.jsonl"
    ask(items, Echo(), path)
    with pytest.raises(EvaluationError) as error:
        ask(items[:2], Echo(), path)
    assert error.value.code == "PREDICTIONS_OF_OTHER_ITEMS"


def test_missing_images_are_told_before_the_model_is_asked(tmp_path: Path) -> None:
    model = Echo()
    item = Item("q", tmp_path / "none.png", "?", ("a",), AnswerType.OPEN, "g")
    with pytest.raises(EvaluationError, match=r"1 of 1 images .*none\.png") as error:
        ask([item], model, tmp_path / "out.jsonl")
    assert error.value.code == "IMAGE_NOT_FOUND"
    assert model.asked == []


def test_a_model_that_skips_an_item_is_refused(
    items: list[Item], tmp_path: Path
) -> None:
    class Lazy(Echo):
        def __call__(self, items: Sequence[Item]) -> Sequence[str]:
            return ["only one"]

    with pytest.raises(EvaluationError) as error:
        ask(items, Lazy(), tmp_path / "out.jsonl")
    assert error.value.code == "ANSWERS_MISSING"
    assert ids(tmp_path / "out.jsonl") == []
