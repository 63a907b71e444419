"""Read an ablation's YAML file; a list in a variant stands for one variant each."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

from dragonfly.evaluation.ablation.plan import Ablation
from dragonfly.training.args_file import build, read_yaml

SPREAD = ("pool", "top_k", "crop_px")


def read_plan(file: Path) -> Ablation:
    """The ablation that a YAML file describes; paths are relative to it.

    Raises:
        TrainingError: CONFIG_MISSING or CONFIG_INVALID, the file has no such form.
        EvaluationError: ABLATION_INVALID or UNKNOWN_BENCHMARK.
    """
    given = read_yaml(file)
    variants = given.get("variants")
    if isinstance(variants, list):
        spread = [each for variant in variants for each in _spread(variant)]
        given = given | {"variants": spread}
    return build(Ablation, given, file.parent, file.name)


def _spread(variant: Any) -> Iterator[Any]:
    """The variants of all combinations of the values in lists."""
    if not isinstance(variant, dict):
        yield variant
        return
    lists = {key: variant[key] for key in SPREAD if isinstance(variant.get(key), list)}
    for values in product(*lists.values()):
        chosen = dict(zip(lists, values, strict=True))
        parts = [
            str(variant.get("name", "")),
            *(f"{key} {value}" for key, value in chosen.items()),
        ]
        yield variant | chosen | ({"name": ", ".join(parts)} if lists else {})
