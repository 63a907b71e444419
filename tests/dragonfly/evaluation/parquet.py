"""Writes a shard in the Hugging Face layout of Path-VQA, with flat-coloured images."""

import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from dragonfly.evaluation.library import need

Colour = tuple[int, int, int]


def _png(colour: Colour) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (4, 4), colour).save(file, "PNG")
    return file.getvalue()


def write_path_vqa_shard(path: Path, rows: Sequence[tuple[str, str, Colour]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = {
        "image": [{"bytes": _png(colour), "path": None} for _, _, colour in rows],
        "question": [question for question, _, _ in rows],
        "answer": [answer for _, answer, _ in rows],
    }
    need("pyarrow.parquet").write_table(need("pyarrow").table(columns), path)
