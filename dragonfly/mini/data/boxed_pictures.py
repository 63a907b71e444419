"""Training pictures of the sets that come as one file of boxes, one row a picture."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dragonfly.evaluation.source_file import Row, find_file, read_json_lines, text
from dragonfly.mini.data.sieve import Sieve


def boxed_training_pictures(folder: Path, sieve: Sieve) -> Iterator[tuple[Row, Path]]:
    """Each training row that `sieve` lets through, and its picture.

    Raises:
        EvaluationError: `DATA_NOT_FOUND`, `DATA_UNREADABLE`.
    """
    path = find_file(folder, ["boxes.jsonl"])
    for row in read_json_lines(path):
        picture = folder / text(row, "image", path)
        if row.get("split") == "train" and sieve.passes(picture):
            yield row, picture
