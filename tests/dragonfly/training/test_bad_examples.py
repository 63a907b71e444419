"""Pictures that cannot be read are replaced, counted and, beyond a share, fatal."""

import json
from pathlib import Path
from typing import Any

import pytest

from dragonfly.training.dataset import Dataset
from dragonfly.training.errors import TrainingError
from dragonfly.training.sampler import Slot
from dragonfly.training.source import Source
from tests.dragonfly.training.conftest import Runner, row, write_rows
from tests.dragonfly.training.test_labels import LAYOUT


@pytest.fixture
def damaged(data: Path, tmp_path: Path) -> Source:
    """12 rows: one picture absent, one cut off, one on the web, one not named."""
    rows = [row(number) for number in range(12)]
    (tmp_path / "cut.png").write_bytes((data / "1.png").read_bytes()[:200])
    rows[0]["image_url"] = "nowhere.png"
    rows[1]["image_url"] = str(tmp_path / "cut.png")
    rows[2]["image_url"] = "https://example.org/2.png"
    rows[3]["image_url"] = " "
    file = write_rows(tmp_path / "damaged.jsonl", rows)
    return Source(name="damaged", path=file, image_dir=data)


def dataset(source: Source, folder: Path) -> Dataset:
    return Dataset([source], LAYOUT, folder / "cache")


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (0, "PICTURE_MISSING"),
        (1, "PICTURE_UNREADABLE"),
        (2, "PICTURE_NOT_LOCAL"),
        (3, "PICTURE_MISSING"),
    ],
)
def test_a_bad_picture_is_replaced_and_named(
    damaged: Source, tmp_path: Path, number: int, code: str
) -> None:
    loaded = dataset(damaged, tmp_path).load(Slot(0, number, 0, 5))
    assert loaded.looked is not None
    assert (loaded.bad[0].row, loaded.bad[0].code) == (number, code)


def test_the_replacement_depends_on_the_slot_alone(
    damaged: Source, tmp_path: Path
) -> None:
    slots = [Slot(0, 0, 0, position) for position in range(12)]
    first, second = (
        [dataset(damaged, tmp_path).load(slot).text for slot in slots] for _ in "12"
    )
    assert first == second
    assert len(set(first)) > 2


def test_a_source_without_one_good_picture_stops_the_run(
    data: Path, tmp_path: Path
) -> None:
    rows = [row(number) | {"image_url": "nowhere.png"} for number in range(3)]
    file = write_rows(tmp_path / "rows.jsonl", rows)
    source = Source(name="empty", path=file, image_dir=data)
    with pytest.raises(TrainingError) as stopped:
        dataset(source, tmp_path).load(Slot(0, 0, 0, 0))
    assert stopped.value.code == "SOURCE_UNREADABLE"


def changes(source: Source, share: float) -> dict[str, Any]:
    path, folder = str(source.path), str(source.image_dir)
    listed = [{"name": source.name, "path": path, "image_dir": folder}]
    return {"data": {"sources": listed, "max_bad_share": share}}


def test_bad_examples_up_to_the_share_are_reported(
    runner: Runner, damaged: Source
) -> None:
    run = runner.train(**changes(damaged, 0.5))
    lines = (run / "bad_examples.jsonl").read_text().splitlines()
    record = json.loads((run / "final" / "training.json").read_text())
    assert len(lines) == record["examples_skipped"] >= 8
    assert {json.loads(line)["row"] for line in lines} == {0, 1, 2, 3}


def test_too_many_bad_examples_stop_the_run(runner: Runner, damaged: Source) -> None:
    with pytest.raises(TrainingError) as stopped:
        runner.train(**changes(damaged, 0.01))
    assert stopped.value.code == "TOO_MANY_BAD_EXAMPLES"
    assert "data.max_bad_share" in stopped.value.message


def test_a_source_that_is_not_there_says_where_it_comes_from(tmp_path: Path) -> None:
    source = Source(name="far", obtained_from="https://example.org")
    with pytest.raises(TrainingError, match=r"example\.org.*Nothing is downloaded"):
        dataset(source, tmp_path)
