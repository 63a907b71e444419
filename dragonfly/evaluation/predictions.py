"""The file of predictions: JSON Lines, one `{"id", "prediction"}` a row.

Rows may carry more fields (`model` is written by this project). A row cut short by a
crash is dropped when the file is continued, and refused when it is scored.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from dragonfly.evaluation.errors import EvaluationError


@dataclass(frozen=True)
class Predictions:
    """What a file says: the answer to each item id, and the models that are named."""

    said: dict[str, str]
    models: frozenset[str]


def _row(line: str, number: int, path: Path) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise _unreadable(path, f"line {number} is not valid JSON") from error
    if not isinstance(row, dict):
        raise _unreadable(path, f"line {number} is not an object")
    if not isinstance(row.get("id"), str | int):
        raise _unreadable(path, f"line {number} has no 'id'")
    if not isinstance(row.get("prediction"), str):
        raise _unreadable(path, f"line {number} has no 'prediction' text")
    return row


def _unreadable(path: Path, why: str) -> EvaluationError:
    return EvaluationError(
        "PREDICTIONS_UNREADABLE",
        f"'{path.name}' is no file of predictions: {why}. Each line must be an object "
        "with 'id' and 'prediction'.",
    )


def read_predictions(path: Path) -> Predictions:
    """Every row of the file.

    Raises:
        EvaluationError: `PREDICTIONS_UNREADABLE`, or `PREDICTIONS_REPEATED` where one
            id has two rows.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, "it cannot be opened as UTF-8 text") from error
    said: dict[str, str] = {}
    models = set()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        row = _row(line, number, path)
        key = str(row["id"])
        if key in said:
            raise EvaluationError(
                "PREDICTIONS_REPEATED", f"'{path.name}' answers '{key}' twice."
            )
        said[key] = row["prediction"]
        if isinstance(row.get("model"), str):
            models.add(row["model"])
    return Predictions(said, frozenset(models))


def mend_tail(path: Path) -> None:
    """Drop a last line that was cut short, so that rows can be appended.

    Raises:
        EvaluationError: `PREDICTIONS_UNREADABLE` where the file cannot be opened.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _unreadable(path, "it cannot be opened") from error
    kept = content[: content.rfind(b"\n") + 1]
    if kept != content:
        with path.open("r+b") as file:
            file.truncate(len(kept))


def write_row(file: IO[str], key: str, prediction: str, model: str) -> None:
    """Append one row; the caller flushes."""
    row = {"id": key, "prediction": prediction, "model": model}
    file.write(json.dumps(row, ensure_ascii=False) + "\n")
