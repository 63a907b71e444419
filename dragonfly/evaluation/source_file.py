"""Reads the files in which data sets are published, and refuses the broken ones.

Knows JSON, JSON Lines and separated text. Pickles are never opened: loading one
runs whatever program its author put inside.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from dragonfly.evaluation.errors import EvaluationError

Row = dict[str, Any]


def find_file(data_dir: Path, names: Sequence[str]) -> Path:
    """The first of `names` (relative paths) that exists under `data_dir`.

    Raises:
        EvaluationError: `DATA_NOT_FOUND`, naming every place that was tried.
    """
    if not data_dir.is_dir():
        raise EvaluationError("DATA_NOT_FOUND", f"There is no folder '{data_dir}'.")
    for name in names:
        if (data_dir / name).exists():
            return data_dir / name
    raise EvaluationError(
        "DATA_NOT_FOUND",
        f"'{data_dir}' does not hold this data set: none of "
        f"{', '.join(repr(name) for name in names)} is there.",
    )


def read_text(path: Path) -> str:
    """The whole file as UTF-8 text.

    Raises:
        EvaluationError: `DATA_UNREADABLE`.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise broken(path, "it cannot be read as UTF-8 text") from error


def read_json(path: Path) -> Any:
    """The parsed file.

    Raises:
        EvaluationError: `DATA_UNREADABLE`.
    """
    try:
        return json.loads(read_text(path))
    except json.JSONDecodeError as error:
        raise broken(path, f"line {error.lineno} is not valid JSON") from error


def read_json_lines(path: Path) -> Iterator[Row]:
    """Each line as an object; blank lines are skipped.

    Raises:
        EvaluationError: `DATA_UNREADABLE`, naming the line.
    """
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise broken(path, f"line {number} is not valid JSON") from error
        if not isinstance(row, dict):
            raise broken(path, f"line {number} is not a JSON object")
        yield row


def read_rows(path: Path) -> list[Row]:
    """The rows of a `.jsonl` file, or of a JSON file that is a list of objects."""
    if path.suffix == ".jsonl":
        return list(read_json_lines(path))
    rows = read_json(path)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise broken(path, "it is not a list of objects")
    return rows


def read_separated(path: Path, separator: str, columns: int) -> Iterator[list[str]]:
    """Each line cut into exactly `columns` fields; the last keeps any separators.

    Raises:
        EvaluationError: `DATA_UNREADABLE`, naming the line.
    """
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        fields = [part.strip() for part in line.split(separator, columns - 1)]
        if len(fields) != columns:
            raise broken(path, f"line {number} does not have {columns} fields")
        yield fields


def text(row: Row, key: str, path: Path) -> str:
    """A field as stripped text; numbers are allowed, absence is not.

    Raises:
        EvaluationError: `DATA_UNREADABLE`, naming the field.
    """
    value = row.get(key)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise broken(path, f"a row has no '{key}'")
    return str(value).strip()


def broken(path: Path, why: str) -> EvaluationError:
    """The error for a file that is not what its data set publishes."""
    return EvaluationError("DATA_UNREADABLE", f"'{path.name}' cannot be used: {why}.")
