"""IU X-ray and MIMIC-CXR: chest radiographs with a report to write.

Reads the `annotation.json` that the report-generation papers share (R2Gen, Chen et
al., EMNLP 2020): `{"train": [...], "val": [...], "test": [...]}` with `id`, `report`,
`image_path` and, for MIMIC-CXR, `subject_id`. MIMIC-CXR itself needs a PhysioNet
agreement. A study with several images is asked about its first one.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from dragonfly.evaluation.benchmarks.benchmark import Benchmark, Family
from dragonfly.evaluation.item import AnswerType, Item, Split
from dragonfly.evaluation.source_file import Row, broken, find_file, read_json, text

REPORT_QUESTION = "Write the findings of this chest X-ray."
_KEYS: dict[Split, str] = {"train": "train", "validation": "val", "test": "test"}


def _item(row: Row, path: Path, group_key: str) -> Item:
    images = row.get("image_path")
    if not isinstance(images, list) or not images:
        raise broken(path, "a row has no 'image_path'")
    return Item(
        id=text(row, "id", path),
        image=path.parent / "images" / str(images[0]),
        question=REPORT_QUESTION,
        answers=(text(row, "report", path),),
        answer_type=AnswerType.CAPTION,
        group=str(row.get(group_key, row["id"])),
    )


def _reader(group_key: str) -> Callable[[Path, Split], Iterator[Item]]:
    def read(data_dir: Path, split: Split) -> Iterator[Item]:
        path = find_file(data_dir, ["annotation.json"])
        content = read_json(path)
        if not isinstance(content, dict):
            raise broken(path, "it has no splits")
        for row in content.get(_KEYS[split], []):
            yield _item(row, path, group_key)

    return read


IU_XRAY = Benchmark(
    name="iu-xray",
    title="IU X-ray",
    family=Family.CAPTIONS,
    layout="`annotation.json` and `images/` (R2Gen)",
    read=_reader("id"),
)
MIMIC_CXR = Benchmark(
    name="mimic-cxr",
    title="MIMIC-CXR",
    family=Family.CAPTIONS,
    layout="`annotation.json` and `images/` (R2Gen)",
    read=_reader("subject_id"),
)
