"""The report says what its scores rest on."""

import json

import pytest

from dragonfly.evaluation.benchmarks.catalogue import find_benchmark
from dragonfly.evaluation.item import AnswerType, Item, Split
from dragonfly.evaluation.report import Run, as_json, markdown
from dragonfly.evaluation.scores import Scored, score


def vqa_rad_run(split: Split, available: int) -> Run:
    benchmark = find_benchmark("vqa-rad")
    return Run(benchmark, split, "m", "0" * 64, available, seed=1, repeats=10)


@pytest.fixture
def scored() -> Scored:
    item = Item("1", None, "Is it?", ("yes",), AnswerType.CLOSED, "g")
    return score(find_benchmark("vqa-rad"), [item], {"1": "yes"}, repeats=10)


def test_a_part_of_the_published_split_is_called_a_subset(scored: Scored) -> None:
    report = markdown(vqa_rad_run("test", available=1), scored)
    assert "Computed from a subset: 1 of 451 items of the test split." in report
    assert "Theirs are for the whole test split; ours here are not." in report


def test_peers_stand_beside_our_nearest_measure(scored: Scored) -> None:
    report = markdown(vqa_rad_run("test", available=1), scored)
    assert (
        "| LLaVA-Med (from LLaVA) | closed accuracy | 84.19 | 100.0 | "
        "closed accuracy (`llava_med_compat`) | LLaVA-Med repository, "
        "images/llava_med_vqa.png |"
    ) in report


def test_kinds_without_items_have_no_row(scored: Scored) -> None:
    assert all(entry.items for entry in scored.scores)
    assert "open token F1 |" not in markdown(vqa_rad_run("test", 1), scored)


def test_a_compatible_mode_is_explained(scored: Scored) -> None:
    report = markdown(vqa_rad_run("test", 1), scored)
    assert "- `llava_med_compat`: LLaVA-Med's published formulas" in report


def test_the_json_holds_the_same_and_no_nan(scored: Scored) -> None:
    content = json.loads(
        as_json(vqa_rad_run("test", 1), scored), parse_constant=pytest.fail
    )
    assert content["scores"][0]["value"] == 100
    assert content["subset"].startswith("Computed from a subset")
