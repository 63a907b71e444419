"""`dragonfly evaluate` puts a benchmark to a real model and writes what it said."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dragonfly.__main__ import main

PARITY = Path(__file__).parents[2] / "fixtures" / "parity"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "images").mkdir()
    rows = []
    for number in range(4):
        pixels = np.full((40, 60, 3), 60 * number, np.uint8)
        Image.fromarray(pixels).save(tmp_path / "images" / f"{number}.jpg")
        rows.append(
            {
                "id": f"item-{number}",
                "image": f"images/{number}.jpg",
                "question": "Is this patch densely cellular?",
                "answer": "yes" if number % 2 else "no",
                "answer_type": "CLOSED",
                "kind": "cellularity",
                "split": "val",
                "source": f"TCGA-A7-000{number}-01Z",
            }
        )
    lines = [json.dumps(row) for row in rows]
    (tmp_path / "qa_template.jsonl").write_text("\n".join(lines) + "\n")
    return tmp_path


def evaluate(data: Path, predictions: Path) -> int:
    words = ["--benchmark", "brca-m2c", "--data", str(data), "--split", "validation"]
    model = ["--model", str(PARITY / "v1"), "--predictions", str(predictions)]
    return main(["evaluate", *words, *model, "--batch-size", "2"])


def test_every_item_gets_a_prediction_and_a_report(data: Path) -> None:
    said = data / "said.jsonl"
    assert evaluate(data, said) == 0
    rows = [json.loads(line) for line in said.read_text().splitlines()]
    assert [row["id"] for row in rows] == [f"item-{n}" for n in range(4)]
    assert all(isinstance(row["prediction"], str) for row in rows)
    assert "prior" in (data / "said.report.md").read_text()


def test_it_goes_on_where_it_stopped(data: Path) -> None:
    whole, broken = data / "whole.jsonl", data / "broken.jsonl"
    evaluate(data, whole)
    lines = whole.read_text().splitlines()
    broken.write_text("\n".join(lines[:2]) + "\n")
    assert evaluate(data, broken) == 0
    assert broken.read_text().splitlines() == lines
