"""Read rows from Parquet, JSON and JSON Lines files piece by piece.

A file is never held in memory as a whole, whatever its format.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from dragonfly.training.errors import TrainingError

Fields = dict[str, Any]
PIECE = 1 << 16
ROWS_AT_ONCE = 1024
TEXT_FIELDS = (
    "image_url",
    "conversations",
    "text",
    "source",
    "slide",
    "question",
    "answer",
    "patient",
)
SPOKEN_FIELDS = ("conversations", "text", "question", "answer")
"""Those whose content a model reads or writes."""
REGION, ZOOMED = "region", "zoomed"
KNOWN = (*TEXT_FIELDS, REGION, ZOOMED)


def read_rows(file: Path) -> Iterator[Fields]:
    """The rows of a file; fields that no format here knows are left out.

    Raises:
        TrainingError: ROWS_MISSING, ROWS_UNKNOWN_FORMAT, or ROWS_CORRUPT with the
            number of the row.
    """
    readers = {".parquet": _parquet, ".json": _json, ".jsonl": _json_lines}
    if not file.is_file():
        raise TrainingError("ROWS_MISSING", f"There is no file {file}.")
    if file.suffix not in readers:
        raise TrainingError(
            "ROWS_UNKNOWN_FORMAT",
            f"{file.name} is none of .parquet, .json and .jsonl.",
        )
    for number, row in enumerate(readers[file.suffix](file), start=1):
        yield _checked(row, file, number)


def _checked(row: Any, file: Path, number: int) -> Fields:
    if not isinstance(row, dict):
        raise corrupt(file, f"row {number} is no object")
    for name in TEXT_FIELDS:
        if not isinstance(row.get(name), str | None):
            raise corrupt(file, f"“{name}” of row {number} is no text")
    region = row.get(REGION)
    if region is not None and not _is_region(region):
        raise corrupt(file, f"“region” of row {number} is not [x, y, width, height]")
    zoomed = row.get(ZOOMED)
    if zoomed is not None and not _are_regions(zoomed):
        raise corrupt(file, f"“zoomed” of row {number} is no list of regions")
    return {name: row.get(name) for name in KNOWN}


def _is_region(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 4
        and all(type(part) is int for part in value)
        and min(value[2:]) >= 1
    )


def _are_regions(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_region, value))


def _parquet(file: Path) -> Iterator[Any]:
    try:
        with pq.ParquetFile(file) as opened:
            names = [n for n in opened.schema_arrow.names if n in KNOWN]
            for batch in opened.iter_batches(ROWS_AT_ONCE, columns=names):
                yield from batch.to_pylist()
    except (pa.ArrowException, OSError) as error:
        raise corrupt(file, "it is no whole Parquet file") from error


def _json_lines(file: Path) -> Iterator[Any]:
    with file.open("rb") as opened:
        for number, line in enumerate(opened, start=1):
            if not line.strip():
                continue
            try:
                yield json.loads(line)
            except ValueError as error:
                raise corrupt(file, f"line {number} is no JSON") from error


def _json(file: Path) -> Iterator[Any]:
    """The objects of one long list, decoded one after another."""
    with file.open(encoding="utf-8-sig") as opened:
        try:
            yield from _elements(opened)
        except ValueError as error:
            raise corrupt(file, "it is no list of JSON objects") from error


def _elements(opened: IO[str]) -> Iterator[Any]:
    decoder = json.JSONDecoder()
    rest, more = opened.read(PIECE).lstrip(), True
    if not rest.startswith("["):
        raise ValueError("no list")
    rest = rest[1:].lstrip()
    while True:
        try:
            if rest.startswith("]"):
                return
            value, end = decoder.raw_decode(rest)
            after = rest[end:].lstrip()
            if not after.startswith((",", "]")):
                raise ValueError("no separator")
        except ValueError:
            if not more:
                raise
            piece = opened.read(PIECE)
            more, rest = bool(piece), (rest + piece).lstrip()
            continue
        yield value
        rest = after.removeprefix(",").lstrip()


def corrupt(file: Path, why: str) -> TrainingError:
    return TrainingError("ROWS_CORRUPT", f"{file.name} cannot be used: {why}.")
