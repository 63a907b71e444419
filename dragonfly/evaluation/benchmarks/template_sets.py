"""BRCA-M2C and BCCD: questions made by templates from cell labels.

No person wrote these questions, so every report calls them template questions.
Images: BRCA-M2C (Abousamra et al., ICCV 2021; BSD-3), H&E breast patches of TCGA
patients; BCCD (Shenggan; MIT), blood smears. Rows of `qa_template.jsonl`.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from dragonfly.evaluation.benchmarks.benchmark import Benchmark, Family
from dragonfly.evaluation.item import AnswerType, Item, Split
from dragonfly.evaluation.source_file import Row, find_file, read_json_lines, text

_SPLITS: dict[str, Split] = {"train": "train", "val": "validation", "test": "test"}


def _patient(row: Row) -> str:
    # A TCGA barcode names the patient in its first three parts.
    return "-".join(str(row.get("source", row["image"])).split("-")[:3])


def _kind_in_id(row: Row) -> str:
    return {"n": "count", "WBC": "white cells", "Platelets": "platelets"}.get(
        str(row["id"]).rpartition("-")[2], "other"
    )


def _reader(
    group: Callable[[Row], str], category: Callable[[Row], str]
) -> Callable[[Path, Split], Iterator[Item]]:
    def read(data_dir: Path, split: Split) -> Iterator[Item]:
        path = find_file(data_dir, ["qa_template.jsonl"])
        for row in read_json_lines(path):
            if _SPLITS.get(str(row.get("split"))) != split:
                continue
            yield Item(
                id=text(row, "id", path),
                image=data_dir / text(row, "image", path),
                question=text(row, "question", path),
                answers=(text(row, "answer", path),),
                answer_type=AnswerType(text(row, "answer_type", path).lower()),
                group=group(row),
                meta={"category": category(row)},
            )

    return read


BRCA_M2C = Benchmark(
    name="brca-m2c",
    title="BRCA-M2C (template questions)",
    family=Family.MEDICAL_VQA,
    layout="`qa_template.jsonl` and `images/`",
    read=_reader(_patient, lambda row: str(row.get("kind", "other"))),
    sizes={"train": 578, "validation": 82, "test": 233},
)
BCCD = Benchmark(
    name="bccd",
    title="BCCD (template questions)",
    family=Family.MEDICAL_VQA,
    layout="`qa_template.jsonl` and `images/`",
    read=_reader(lambda row: str(row["image"]), _kind_in_id),
    sizes={"train": 615, "validation": 261},
)
