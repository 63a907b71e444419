"""The numbers of others, checked against the pages they were read from."""

import pytest

from dragonfly.evaluation.benchmarks.catalogue import BENCHMARKS
from dragonfly.evaluation.published import PUBLISHED, published_on


def find(benchmark: str, system: str, metric: str) -> list[float]:
    return [
        entry.value
        for entry in published_on(benchmark)
        if (entry.system, entry.metric) == (system, metric)
    ]


@pytest.mark.parametrize(
    ("benchmark", "system", "metric", "values"),
    [
        ("vqa-rad", "Dragonfly-Med v1", "closed accuracy", [77.4]),
        ("path-vqa", "Dragonfly-Med v1", "token F1", [67.6]),
        ("peir-gross", "Dragonfly-Med v1", "CIDEr", [179.9]),
        ("path-vqa", "Med-Gemini", "token F1", [58.7, 64.7]),
        ("slake", "Med-PaLM M", "token F1", [89.3]),
        ("vqa-rad", "LLaVA-Med (from Vicuna)", "open token recall", [64.39]),
        ("pope", "Dragonfly v1", "score", [91.2]),
    ],
)
def test_a_number_is_the_published_one(
    benchmark: str, system: str, metric: str, values: list[float]
) -> None:
    assert find(benchmark, system, metric) == values


def test_every_number_names_its_source_and_a_known_benchmark() -> None:
    assert all(entry.source and entry.benchmark in BENCHMARKS for entry in PUBLISHED)


def test_no_number_stands_twice() -> None:
    keys = [(p.benchmark, p.system, p.metric, p.source) for p in PUBLISHED]
    assert len(set(keys)) == len(keys)
