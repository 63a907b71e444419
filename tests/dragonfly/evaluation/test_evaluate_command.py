"""`dragonfly evaluate`: from the command line to the report."""

import argparse
import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from dragonfly.evaluation.command import add_arguments, run
from dragonfly.evaluation.errors import EvaluationError
from dragonfly.evaluation.predict import Answerer
from tests.dragonfly.evaluation.answerers import Constant
from tests.dragonfly.evaluation.scoring import write_lines


@pytest.fixture
def data(tmp_path: Path) -> Path:
    rows = []
    for number in range(40):
        split = "train" if number < 20 else "val"
        answer = "yes" if number % 4 else "no"
        rows.append(
            {
                "id": f"m2c-{number}",
                "image": f"images/{number}.jpg",
                "question": "Is this H&E patch densely cellular?",
                "answer": answer,
                "answer_type": "CLOSED",
                "kind": "cellularity",
                "split": split,
                "source": f"TCGA-A7-{number:04}-01Z",
            }
        )
        (tmp_path / "images").mkdir(exist_ok=True)
        (tmp_path / "images" / f"{number}.jpg").touch()
    write_lines(tmp_path / "qa_template.jsonl", rows)
    return tmp_path


def evaluate(words: list[str], answer: Answerer | None = None) -> str:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    console = Console(file=io.StringIO(), width=200)
    run(parser.parse_args(words), lambda _: answer or Constant("yes"), console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def options(data: Path, *more: str) -> list[str]:
    place = ["--benchmark", "brca-m2c", "--data", str(data), "--split", "validation"]
    return [*place, *more]


def test_a_model_is_asked_and_reported_beside_the_prior(data: Path) -> None:
    out = data / "out.jsonl"
    assert "closed accuracy" in evaluate(options(data, "--predictions", str(out)))
    report = (data / "out.report.md").read_text()
    # 15 of the 20 answers are yes; the prior, too, always says yes.
    assert "| closed accuracy | `strict` | 75.0 |" in report
    assert "| 75.0 | 20 |" in report
    assert "- Model: constant" in report
    assert "Research use only. Not for diagnosis" in report
    [first, *_] = json.loads((data / "out.scores.json").read_text())["scores"]
    assert first["low"] < first["value"] == 75 < first["high"]


def test_predictions_of_another_system_are_scored_alike(data: Path) -> None:
    out = data / "theirs.jsonl"
    rows = [{"id": f"m2c-{n}", "prediction": "Yes."} for n in range(20, 30)]
    write_lines(out, [*rows, {"id": "unknown", "prediction": "x"}])
    evaluate(["scores", str(out), *options(data), "--system", "Theirs"])
    report = (data / "theirs.report.md").read_text()
    assert "- Model: Theirs" in report
    assert "- Unanswered, counted as wrong: 10" in report
    assert "- Predictions for unknown items, ignored: 1" in report
    # Items 20, 24 and 28 are "no": 7 right of 20.
    assert "| closed accuracy | `strict` | 35.0 |" in report


def test_a_subset_says_so_and_is_the_same_each_time(data: Path) -> None:
    for name in ("one", "two"):
        path = str(data / f"{name}.jsonl")
        evaluate(options(data, "--limit", "5", "--predictions", path))
    assert (data / "one.jsonl").read_text() == (data / "two.jsonl").read_text()
    report = (data / "one.report.md").read_text()
    # The published validation split has 82 items.
    assert "Computed from a subset: 5 of 82 items of the validation split." in report


def test_without_training_rows_the_prior_is_said_to_be_missing(data: Path) -> None:
    path = data / "qa_template.jsonl"
    rows = [line for line in path.read_text().splitlines() if '"val"' in line]
    write_lines(path, rows)
    evaluate(options(data, "--predictions", str(data / "out.jsonl")))
    report = (data / "out.report.md").read_text()
    assert "prior: not computed. '" in report
    assert "holds no train items of BRCA-M2C" in report


def test_options_may_stand_before_the_subcommand(data: Path) -> None:
    out = data / "theirs.jsonl"
    write_lines(out, [{"id": "m2c-21", "prediction": "yes"}])
    evaluate([*options(data), "scores", str(out)])
    assert (data / "theirs.scores.json").exists()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--benchmark", "bccd"], "OPTION_MISSING"),
        (["--limit", "0"], "LIMIT_NOT_POSITIVE"),
    ],
)
def test_a_request_that_cannot_be_carried_out_is_refused(
    data: Path, words: list[str], code: str
) -> None:
    full = options(data, "--predictions", str(data / "o.jsonl"), *words)
    with pytest.raises(EvaluationError) as error:
        evaluate(words if code == "OPTION_MISSING" else full)
    assert error.value.code == code


def test_predictions_for_another_data_set_are_refused(data: Path) -> None:
    write_lines(data / "p.jsonl", [{"id": "slake-1", "prediction": "yes"}])
    with pytest.raises(EvaluationError, match="m2c-20") as error:
        evaluate(["scores", str(data / "p.jsonl"), *options(data)])
    assert error.value.code == "NO_PREDICTION_MATCHES"
