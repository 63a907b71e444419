"""AI2D (Kembhavi et al., ECCV 2016): multiple-choice questions about diagrams.

Reads `questions/*.json`, `images/` (or `abc_images/` for questions whose labels were
replaced by letters) and `ai2d_test_ids.csv`. Training is cut by image for validation.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dragonfly.evaluation.benchmarks.benchmark import Benchmark, Family
from dragonfly.evaluation.benchmarks.image_split import split_of_train
from dragonfly.evaluation.item import AnswerType, Item, Split, letters
from dragonfly.evaluation.source_file import broken, find_file, read_json, read_text


def _item(path: Path, image: str, question: str, body: dict[str, Any]) -> Item:
    choices = tuple(str(choice) for choice in body["answerTexts"])
    folder = "abc_images" if body.get("abcLabel") else "images"
    return Item(
        id=str(body["questionId"]),
        image=path.parent.parent / folder / image,
        question=question,
        answers=(letters(choices)[int(body["correctAnswer"])],),
        answer_type=AnswerType.CHOICE,
        group=image,
        choices=choices,
    )


def read_ai2d(data_dir: Path, split: Split) -> Iterator[Item]:
    """One split; the published test images are those of `ai2d_test_ids.csv`."""
    listing = find_file(data_dir, ["ai2d_test_ids.csv", "ai2d/ai2d_test_ids.csv"])
    tests = {line.strip() for line in read_text(listing).splitlines()}
    folder = find_file(data_dir, ["questions", "ai2d/questions"])
    for path in sorted(folder.glob("*.json")):
        page = read_json(path)
        try:
            image = str(page["imageName"])
            own = "test" if Path(image).stem in tests else split_of_train(image)
            items = [_item(path, image, q, b) for q, b in page["questions"].items()]
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise broken(path, "it is not a question file of AI2D") from error
        if own == split:
            yield from items


AI2D = Benchmark(
    name="ai2d",
    title="AI2D",
    family=Family.CHOICES,
    layout="`questions/*.json`, `images/`, `ai2d_test_ids.csv`",
    read=read_ai2d,
)
