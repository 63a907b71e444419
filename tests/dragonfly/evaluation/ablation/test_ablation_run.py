"""A whole ablation: trained, asked, compared, and continued where it was stopped."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file

from dragonfly.__main__ import main
from dragonfly.evaluation.ablation import variant_run
from dragonfly.evaluation.errors import EvaluationError
from dragonfly.evaluation.item import Item
from dragonfly.evaluation.predict import Answerer
from dragonfly.training.loop import Loop, StepResult
from tests.dragonfly.evaluation.ablation.conftest import ASKED, Workshop, constant
from tests.dragonfly.evaluation.answerers import Constant

LOW = {"name": "low", "crops": "low"}
MID = {"name": "low + mid", "crops": "low+mid"}
KEPT = {"name": "kept", "crops": "selected", "top_k": 1}


def test_two_variants_are_trained_alike_and_compared(workshop: Workshop) -> None:
    file = workshop.write(LOW, MID, train=workshop.train_file(steps=3))
    assert main(["ablate", str(file)]) == 0
    found = json.loads((workshop.output / "ablation.json").read_text())
    first, second = found["rows"]
    assert found["budget_differences"] == []
    budgets = [row["facts"]["budget"] for row in (first, second)]
    assert [b["steps"] for b in budgets] == [3, 3]
    assert budgets[0]["text_tokens"] == budgets[1]["text_tokens"] > 0
    # 6 pictures each: 17 tokens and a newline, and 4 crops of 2 tokens and a newline.
    assert [b["visual_tokens"] for b in budgets] == [6 * 18, 6 * 30]
    assert budgets[0]["last_loss"] != budgets[1]["last_loss"]
    assert first["facts"]["answered"] == second["facts"]["answered"] == ASKED
    assert second["to_first"]["low"] <= second["to_first"]["value"]
    assert "Equal, trained here: each variant took 3 steps" in workshop.report
    assert (workshop.output / "ablation.svg").read_text().startswith("<svg")


def test_a_finished_variant_is_not_repeated(workshop: Workshop) -> None:
    train = workshop.train_file()
    workshop.run(LOW, train=train)
    before = {f: f.stat().st_mtime_ns for f in workshop.output.rglob("final/*")}
    asked: list[Path] = []

    def load(checkpoint: Path) -> Answerer:
        asked.append(checkpoint)
        return constant(checkpoint)

    table = workshop.run(LOW, MID, load=load, train=train)
    assert table is not None
    assert [row.name for row in table.rows] == ["low", "low + mid"]
    assert [path.parents[1].name for path in asked] == ["low-mid"]
    assert all(f.stat().st_mtime_ns == then for f, then in before.items())


def test_answers_that_were_given_before_a_crash_are_kept(workshop: Workshop) -> None:
    class Breaks(Constant):
        def __call__(self, items: Sequence[Item]) -> Sequence[str]:
            raise ConnectionError("the model went away")

    def breaks_late(checkpoint: Path) -> Answerer:
        answerer = constant(checkpoint)
        return answerer if "low-mid" not in str(checkpoint) else Breaks("yes")

    with pytest.raises(ConnectionError):
        workshop.run(LOW, MID, load=breaks_late)
    assert "**1 of 2 variants are done.**" in workshop.report
    table = workshop.run(LOW, MID)
    assert table is not None
    assert table.complete
    assert [row.facts.answered for row in table.rows] == [ASKED, ASKED]


def test_a_training_that_dies_goes_on_at_its_last_checkpoint(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    train = workshop.train_file(steps=4)
    workshop.run(MID, train=train, output="unbroken")
    taken: list[int] = []
    whole = Loop.step

    def step(self: Loop, number: int, *rest: Any) -> StepResult:
        taken.append(number)
        if taken == [0, 1, 2]:
            raise MemoryError
        return whole(self, number, *rest)

    monkeypatch.setattr(Loop, "step", step)
    with pytest.raises(MemoryError):
        workshop.run(MID, train=train)
    table = workshop.run(MID, train=train)
    assert taken == [0, 1, 2, 2, 3]
    assert table is not None
    assert table.rows[0].facts.budget is not None
    assert table.rows[0].facts.budget.pictures == 4 * 2
    assert projector(workshop.output) == projector(workshop.folder / "unbroken")


def projector(output: Path) -> list[float]:
    weights = load_file(next(output.rglob("final/model.safetensors")))
    return [float(value) for value in weights["vision_embed_tokens.weight"].flatten()]


def test_a_training_that_is_stopped_ends_the_ablation_and_goes_on_later(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    train = workshop.train_file()
    monkeypatch.setattr(variant_run, "train", lambda *_, **__: None)
    assert workshop.run(LOW, train=train) is None
    assert not (workshop.output / "ablation.md").exists()
    monkeypatch.undo()
    assert workshop.run(LOW, train=train) is not None


@pytest.mark.parametrize(
    ("variant", "more", "words"),
    [
        (LOW | {"crops": "pooled"}, {}, "another crop layout"),
        (LOW, {"limit": 4}, "another set of questions"),
    ],
)
def test_results_of_another_configuration_are_not_taken(
    workshop: Workshop, variant: dict[str, str], more: dict[str, Any], words: str
) -> None:
    workshop.run(LOW)
    with pytest.raises(EvaluationError, match=words) as error:
        workshop.run(variant, **more)
    assert error.value.code == "ABLATION_CHANGED"


def test_another_training_file_is_noticed(workshop: Workshop) -> None:
    workshop.run(LOW, train=workshop.train_file(steps=1))
    with pytest.raises(EvaluationError, match="another training"):
        workshop.run(LOW, train=workshop.train_file(steps=2))


def test_a_training_file_of_another_model_is_refused(workshop: Workshop) -> None:
    train = workshop.folder / workshop.train_file()
    train.write_text(f"model: elsewhere\n{train.read_text()}")
    with pytest.raises(EvaluationError, match="Leave `model` out"):
        workshop.run(LOW, train=train.name)


def test_all_variants_are_checked_before_the_first_begins(workshop: Workshop) -> None:
    with pytest.raises(EvaluationError, match="pools by 3"):
        workshop.run(LOW, {"name": "odd", "crops": "pooled", "pool": 3})
    assert not workshop.output.exists()


def test_an_unknown_measure_lists_the_known_ones(workshop: Workshop) -> None:
    with pytest.raises(EvaluationError, match="closed accuracy") as error:
        workshop.run(LOW, measure="beauty")
    assert error.value.code == "MEASURE_UNKNOWN"


def test_variants_may_bring_checkpoints_of_their_own(workshop: Workshop) -> None:
    workshop.run(LOW, train=workshop.train_file())
    made = workshop.output / "variants" / "low" / "run" / "final"
    table = workshop.run(
        {"name": "made", "model": str(made)}, {"name": "base"}, output="second"
    )
    assert table is not None
    assert [row.layout.visual_tokens for row in table.rows] == [17, 17 + 40 * 2]
    assert table.rows[0].facts.budget is not None
    assert table.budget_differences is None
