"""What an ablation's file may say, and which contradictions are refused in words."""

from pathlib import Path
from typing import Any

import pytest

from dragonfly.evaluation.ablation.plan_file import read_plan
from dragonfly.evaluation.errors import EvaluationError
from dragonfly.training.errors import TrainingError
from tests.dragonfly.evaluation.ablation.conftest import Workshop

DOCS = Path(__file__).parents[4] / "docs" / "ablation.md"
LOW = {"name": "low", "crops": "low"}


def test_paths_are_relative_to_the_file(workshop: Workshop) -> None:
    plan = workshop.plan(LOW)
    assert plan.output == workshop.folder / "out"
    assert plan.folder_of(plan.variants[0]) == workshop.output / "variants" / "low"


def test_the_documented_example_is_valid(tmp_path: Path) -> None:
    example = DOCS.read_text().split("```yaml\n")[1].split("```")[0]
    file = tmp_path / "ablation.yaml"
    file.write_text(example)
    assert len(read_plan(file).variants) == 8


def test_lists_stand_for_one_variant_each(workshop: Workshop) -> None:
    grid = {"name": "kept", "crops": "selected", "top_k": [1, 2], "crop_px": [8, 16]}
    variants = workshop.plan(LOW, grid).variants
    assert [v.name for v in variants] == [
        "low",
        "kept, top_k 1, crop_px 8",
        "kept, top_k 1, crop_px 16",
        "kept, top_k 2, crop_px 8",
        "kept, top_k 2, crop_px 16",
    ]
    assert [v.top_k for v in variants] == [None, 1, 1, 2, 2]


@pytest.mark.parametrize(
    ("variants", "more", "words"),
    [
        ([], {}, "at least one variant"),
        ([LOW, {"name": "Low!"}], {}, "Two variants have the name"),
        ([{"name": "x", "crops": "pooled", "top_k": 2}], {}, "counts selected crops"),
        ([LOW | {"pool": 4}], {}, "the window of mid and high crops"),
        ([LOW | {"crop_px": 0}], {}, "must be at least 1"),
        ([{"name": "?"}], {}, "needs a name"),
        ([LOW], {"batch_size": 0}, "batch_size must be at least 1"),
        ([LOW], {"limit": 0}, "limit must be at least 1"),
        ([LOW | {"model": "m"}], {"train": "t.yaml"}, "start from the same one"),
        (
            [LOW],
            {"published": [{"system": "A", "metric": "b", "value": 1, "source": " "}]},
            "names no source",
        ),
    ],
)
def test_contradictions_are_refused_in_words(
    workshop: Workshop, variants: list[Any], more: dict[str, Any], words: str
) -> None:
    with pytest.raises(EvaluationError, match=words) as error:
        workshop.plan(*variants, **more)
    assert error.value.code == "ABLATION_INVALID"


@pytest.mark.parametrize(
    ("variant", "words"),
    [
        (LOW | {"crop": "low"}, "no field “crop”"),
        ({"name": "x", "crops": "all"}, "must be one of low, low"),
        ({"name": "x", "crops": "selected", "top_k": "two"}, "a whole number"),
    ],
)
def test_misspelt_fields_are_named(
    workshop: Workshop, variant: dict[str, Any], words: str
) -> None:
    with pytest.raises(TrainingError, match=words) as error:
        workshop.plan(variant)
    assert error.value.code == "CONFIG_INVALID"


def test_an_unknown_benchmark_is_refused(workshop: Workshop) -> None:
    with pytest.raises(EvaluationError) as error:
        workshop.plan(LOW, benchmark="none")
    assert error.value.code == "UNKNOWN_BENCHMARK"


def test_writing_over_the_model_is_refused(workshop: Workshop, base: Path) -> None:
    with pytest.raises(EvaluationError, match="Choose another"):
        workshop.plan(LOW, output=str(base))
