"""`RowStore`: the rows of one file, reached by number, without holding them in memory.

A file is copied once into a memory-mapped table beside the run, whatever its format;
after that any row is a few reads away and the operating system decides what to keep.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dragonfly.training.errors import TrainingError
from dragonfly.training.row_files import (
    REGION,
    ROWS_AT_ONCE,
    SPOKEN_FIELDS,
    TEXT_FIELDS,
    ZOOMED,
    Fields,
    read_rows,
)

SCHEMA = pa.schema(
    [(name, pa.large_string()) for name in TEXT_FIELDS]
    + [(REGION, pa.list_(pa.int64())), (ZOOMED, pa.list_(pa.list_(pa.int64())))]
)


class RowStore:
    """Rows by number. Safe to read from several threads.

    Args:
        file: a Parquet, JSON or JSON Lines file.
        cache: the folder that receives the table.

    Raises:
        TrainingError: ROWS_MISSING, ROWS_UNKNOWN_FORMAT, ROWS_CORRUPT, ROWS_EMPTY.
    """

    def __init__(self, file: Path, cache: Path) -> None:
        table = _table_of(file, cache)
        self._batches = pa.ipc.open_file(pa.memory_map(str(table))).read_all()
        self._pieces = self._batches.to_batches()
        if not len(self):
            raise TrainingError("ROWS_EMPTY", f"{file.name} holds no rows.")

    def __len__(self) -> int:
        return int(self._batches.num_rows)

    def __getitem__(self, number: int) -> Fields:
        piece = self._pieces[number // ROWS_AT_ONCE]
        row: Fields = piece.slice(number % ROWS_AT_ONCE, 1).to_pylist()[0]
        return row

    def text_lengths(self) -> NDArray[np.int64]:
        """Characters of each row's text, shape (rows,)."""
        columns = [self._batches[name] for name in SPOKEN_FIELDS]
        lengths = [pc.fill_null(pc.utf8_length(column), 0) for column in columns]
        total: NDArray[np.int64] = np.sum([each.to_numpy() for each in lengths], axis=0)
        return total

    def __iter__(self) -> Iterator[Fields]:
        for piece in self._pieces:
            yield from piece.to_pylist()


def _table_of(file: Path, cache: Path) -> Path:
    if not file.is_file():
        raise TrainingError("ROWS_MISSING", f"There is no file {file}.")
    found = file.stat()
    key = f"{file.resolve()}\0{found.st_size}\0{found.st_mtime_ns}\0{SCHEMA.names}"
    table = cache / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.arrow"
    if not table.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        # Several processes may copy at once; the last to rename wins, all are equal.
        handle, draft = tempfile.mkstemp(dir=cache, suffix=".partial")
        os.close(handle)
        try:
            write_table(read_rows(file), Path(draft))
            os.replace(draft, table)
        finally:
            Path(draft).unlink(missing_ok=True)
    return table


def write_table(rows: Iterator[Fields], file: Path) -> None:
    """Write rows in pieces of `ROWS_AT_ONCE`, so that a row's place is known."""
    with pa.OSFile(str(file), "wb") as sink, pa.ipc.new_file(sink, SCHEMA) as writer:
        while piece := list(islice(rows, ROWS_AT_ONCE)):
            writer.write_batch(pa.RecordBatch.from_pylist(piece, schema=SCHEMA))
