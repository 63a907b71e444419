"""What the table and the plot say, and what they say of their own limits."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from dragonfly.evaluation.ablation.report import DASH
from dragonfly.evaluation.item import Item
from dragonfly.model.digest import checkpoint_digest
from tests.dragonfly.evaluation.ablation.conftest import ASKED, Workshop

LOW = {"name": "low", "crops": "low"}
ALL = {"name": "all & pooled"}
SVG = "{http://www.w3.org/2000/svg}"


@dataclass
class Half:
    """Right about everything with many crops; always yes with the low crop alone."""

    name: str
    knows: bool

    def __call__(self, items: Sequence[Item]) -> Sequence[str]:
        return [item.answers[0] if self.knows else "yes" for item in items]


def half(checkpoint: Path) -> Half:
    knows = "start" not in checkpoint.name
    return Half(checkpoint_digest(checkpoint)[:12], knows)


def test_each_row_is_compared_with_the_first(workshop: Workshop) -> None:
    workshop.run(LOW, ALL, load=half)
    low, pooled = [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in workshop.report.splitlines()
        if re.match(r"\| [12] \|", line)
    ]
    # 6 of the 8 answers are yes.
    assert low[:10] == [
        "1", "low", "1 + 0 + 0", "8", DASH, "17", "75.0", low[7], DASH, DASH,
    ]  # fmt: skip
    assert pooled[2:9] == [
        "1 + 4 + 36", "8", "4", "97", "100.0", "100.0 to 100.0", "+25.0",
    ]  # fmt: skip
    assert re.fullmatch(r"\+0\.0 to \+[56]\d\.\d", pooled[9])


def test_a_subset_says_so_in_table_and_plot(workshop: Workshop) -> None:
    workshop.run(LOW, limit=4)
    words = "Computed from a subset: 4 of 82 items of the validation split."
    assert f"**{words}**" in workshop.report
    assert words in (workshop.output / "ablation.svg").read_text()


def test_weights_not_trained_for_their_crops_are_named(workshop: Workshop) -> None:
    workshop.run(LOW, ALL)
    assert "**Not trained for the crops they see here: low.**" in workshop.report
    assert "nothing here says that their budgets are equal" in workshop.report


def test_the_test_split_brings_a_warning(workshop: Workshop) -> None:
    workshop.run(LOW, split="test")
    assert "no untouched score of it left" in workshop.report


def test_the_training_split_has_no_prior_beside_it(workshop: Workshop) -> None:
    workshop.run(LOW, split="train")
    assert f"Question-only prior (no picture): {DASH}" in workshop.report


def test_unmeasured_numbers_of_the_paper_are_not_invented(workshop: Workshop) -> None:
    workshop.run(LOW)
    assert "none of their numbers could be read" in workshop.report
    assert (
        json.loads((workshop.output / "ablation.json").read_text())["published"] == []
    )


def test_published_numbers_stand_beside_with_their_source(workshop: Workshop) -> None:
    theirs = {"system": "A", "metric": "b", "value": 61.5, "source": "Table 9"}
    workshop.run(LOW, published=[theirs])
    assert "| A | b | 61.5 | Table 9 |" in workshop.report


def test_the_plot_shows_every_row_and_the_prior(workshop: Workshop) -> None:
    workshop.run(LOW, ALL, load=half)
    root = ElementTree.parse(workshop.output / "ablation.svg").getroot()
    dots = root.findall(f"{SVG}circle")
    assert len(dots) == 2
    first, second = [(float(d.attrib["cx"]), float(d.attrib["cy"])) for d in dots]
    # More visual tokens lie to the right, a higher score above.
    assert first[0] < second[0]
    assert first[1] > second[1]
    words = [text.text for text in root.iter(f"{SVG}text")]
    assert "2  all & pooled" in words
    assert "question-only prior" in words
    assert root.find(f"{SVG}title") is not None


def test_unanswered_questions_are_counted(workshop: Workshop) -> None:
    class Silent(Half):
        def __call__(self, items: Sequence[Item]) -> Sequence[str]:
            return ["" for _ in items]

    table = workshop.run(LOW, load=lambda path: Silent("s", False))
    assert table is not None
    assert table.rows[0].unanswered == ASKED
    assert f"counted as wrong: 1: {ASKED}" in workshop.report
