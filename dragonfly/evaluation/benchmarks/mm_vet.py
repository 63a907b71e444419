"""MM-Vet (Yu et al., ICML 2024): `mm-vet.json` and `images/`.

Its official score is given by GPT-4 and is not computed here. What can be counted
offline is whether the required words are in the answer: `<AND>` joins words that must
all be there, `<OR>` parts alternatives.
"""

from collections.abc import Iterator
from pathlib import Path

from dragonfly.evaluation.benchmarks.benchmark import Benchmark, Family
from dragonfly.evaluation.item import AnswerType, Item, Split
from dragonfly.evaluation.source_file import broken, find_file, read_json, text


def read_mm_vet(data_dir: Path, split: Split) -> Iterator[Item]:
    """All items; each answer is one alternative, still joined by `<AND>`."""
    if split != "test":
        return
    path = find_file(data_dir, ["mm-vet.json"])
    content = read_json(path)
    if not isinstance(content, dict):
        raise broken(path, "it is not an object keyed by question")
    for key, row in content.items():
        image = text(row, "imagename", path)
        answers = text(row, "answer", path).split("<OR>")
        yield Item(
            id=str(key),
            image=data_dir / "images" / image,
            question=text(row, "question", path),
            answers=tuple(answer.strip() for answer in answers),
            answer_type=AnswerType.OPEN,
            group=image,
            meta={"category": "+".join(sorted(row.get("capability", ["other"])))},
        )


MM_VET = Benchmark(
    name="mm-vet",
    title="MM-Vet",
    family=Family.MM_VET,
    layout="`mm-vet.json` and `images/`",
    read=read_mm_vet,
    not_computed="The MM-Vet score itself: it is given by GPT-4, so it has no offline "
    "form. Word containment is not comparable with published MM-Vet numbers.",
)
