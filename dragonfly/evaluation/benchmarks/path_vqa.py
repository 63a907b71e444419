"""Path-VQA (He et al., 2020): pathology questions, as Parquet or as JSON.

Reads the Hugging Face layout (`data/<split>-*.parquet` with `image`, `question`,
`answer`) and JSON rows `{image, question, answer}` in `<split>.json` or `.jsonl`
with `images/<split>/<image>.jpg`. The original `*_qa.pkl` files are refused: opening
a pickle runs the code inside it.
"""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dragonfly.evaluation.benchmarks.benchmark import Benchmark, Family
from dragonfly.evaluation.errors import EvaluationError
from dragonfly.evaluation.item import Item, Split, yes_no_type
from dragonfly.evaluation.library import need
from dragonfly.evaluation.source_file import broken, find_file, read_rows, text

_FOLDERS: dict[Split, str] = {"train": "train", "validation": "val", "test": "test"}


def _refuse_pickles(data_dir: Path) -> None:
    if any(data_dir.rglob("*_qa.pkl")):
        raise EvaluationError(
            "PICKLE_REFUSED",
            f"'{data_dir}' holds Path-VQA as pickle files, which can run code when "
            "opened. Use its Parquet files, or JSON rows with image, question, answer.",
        )


def _image_key(image: Mapping[str, Any]) -> str:
    content = image.get("bytes") or str(image.get("path")).encode()
    return hashlib.sha256(content).hexdigest()[:16]


def _parquet_items(path: Path, split: Split) -> Iterator[Item]:
    parquet = need("pyarrow.parquet")
    try:
        batches = parquet.ParquetFile(path).iter_batches(batch_size=64)
        rows = (row for batch in batches for row in batch.to_pylist())
        for number, row in enumerate(rows):
            answer = text(row, "answer", path)
            yield Item(
                id=f"{split}-{path.stem}-{number}",
                image=None,
                question=text(row, "question", path),
                answers=(answer,),
                answer_type=yes_no_type(answer),
                group=_image_key(row["image"]),
                meta={"parquet": str(path), "row": str(number)},
            )
    except (OSError, ValueError, KeyError) as error:
        raise broken(path, "it is not the Parquet file of Path-VQA") from error


def _json_items(path: Path, data_dir: Path, split: Split) -> Iterator[Item]:
    folder = data_dir / "images" / _FOLDERS[split]
    for number, row in enumerate(read_rows(path)):
        image, answer = text(row, "image", path), text(row, "answer", path)
        name = image if Path(image).suffix else f"{image}.jpg"
        yield Item(
            id=f"{split}-{number}",
            image=folder / name,
            question=text(row, "question", path),
            answers=(answer,),
            answer_type=yes_no_type(answer),
            group=image,
        )


def read_path_vqa(data_dir: Path, split: Split) -> Iterator[Item]:
    """One split; Parquet is preferred where both layouts are present."""
    shards = sorted((data_dir / "data").glob(f"{split}-*.parquet"))
    if shards:
        for shard in shards:
            yield from _parquet_items(shard, split)
        return
    names = [f"{split}.json", f"{split}.jsonl"]
    if not any((data_dir / name).exists() for name in names) and data_dir.is_dir():
        _refuse_pickles(data_dir)
    path = find_file(data_dir, [*names, f"data/{split}-*.parquet"])
    yield from _json_items(path, data_dir, split)


PATH_VQA = Benchmark(
    name="path-vqa",
    title="Path-VQA",
    family=Family.MEDICAL_VQA,
    layout="`data/<split>-*.parquet`, or `<split>.json[l]` with `images/<split>/`",
    read=read_path_vqa,
)
