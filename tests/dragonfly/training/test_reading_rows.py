"""Rows of the published format, whatever the file."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dragonfly.training.errors import TrainingError
from dragonfly.training.row_files import PIECE, read_rows
from dragonfly.training.row_store import RowStore

ROWS: list[dict[str, Any]] = [
    {"image_url": f"{n}.png", "conversations": f"turn {n} ]}},[", "source": "s"}
    for n in range(2500)
]


def write(folder: Path, kind: str, rows: list[dict[str, Any]]) -> Path:
    file = folder / f"rows.{kind}"
    if kind == "parquet":
        pq.write_table(pa.Table.from_pylist(rows), file)
    elif kind == "json":
        file.write_text(json.dumps(rows, indent=1))
    else:
        file.write_text("\n".join(json.dumps(row) for row in rows))
    return file


@pytest.mark.parametrize("kind", ["parquet", "json", "jsonl"])
def test_all_formats_give_the_same_rows(tmp_path: Path, kind: str) -> None:
    rows = list(read_rows(write(tmp_path, kind, ROWS)))
    assert [{k: row[k] for k in ROWS[0]} for row in rows] == ROWS


@pytest.mark.parametrize("kind", ["parquet", "json", "jsonl"])
def test_any_row_is_reached_by_its_number(tmp_path: Path, kind: str) -> None:
    store = RowStore(write(tmp_path, kind, ROWS), tmp_path / "cache")
    assert len(store) == 2500
    for number in (0, 1023, 1024, 2499):
        assert store[number]["image_url"] == f"{number}.png"


def test_a_long_json_list_is_read_in_pieces(tmp_path: Path) -> None:
    file = write(tmp_path, "json", ROWS)
    assert file.stat().st_size > 2 * PIECE
    first = next(iter(read_rows(file)))
    assert first["conversations"] == "turn 0 ]},["


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    assert len(RowStore(write(tmp_path, "jsonl", ROWS[:3]), cache)) == 3
    assert len(RowStore(write(tmp_path, "jsonl", ROWS[:5]), cache)) == 5


@pytest.mark.parametrize("kind", ["parquet", "json", "jsonl"])
def test_a_truncated_file_is_refused(tmp_path: Path, kind: str) -> None:
    file = write(tmp_path, kind, ROWS)
    file.write_bytes(file.read_bytes()[:-40])
    with pytest.raises(TrainingError) as refused:
        RowStore(file, tmp_path / "cache")
    assert refused.value.code == "ROWS_CORRUPT"
    assert not list((tmp_path / "cache").iterdir())


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"image_url": 7}, "“image_url” of row 2 is no text"),
        ({"region": [0, 0, 5]}, "“region” of row 2"),
        ({"region": [0, 0, 5, 0]}, "“region” of row 2"),
    ],
)
def test_a_row_of_another_shape_is_named(
    tmp_path: Path, row: dict[str, Any], words: str
) -> None:
    with pytest.raises(TrainingError, match=words):
        list(read_rows(write(tmp_path, "jsonl", [ROWS[0], row])))


@pytest.mark.parametrize(
    ("name", "code"),
    [("absent.jsonl", "ROWS_MISSING"), ("rows.csv", "ROWS_UNKNOWN_FORMAT")],
)
def test_a_file_that_is_none_is_refused(tmp_path: Path, name: str, code: str) -> None:
    (tmp_path / "rows.csv").touch()
    with pytest.raises(TrainingError) as refused:
        list(read_rows(tmp_path / name))
    assert refused.value.code == code


def test_a_file_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="holds no rows"):
        RowStore(write(tmp_path, "json", []), tmp_path / "cache")
