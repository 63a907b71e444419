"""A candidate keeps what was measured of its base, as far as it still holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from inference_worker.training.publishing import carry_measured, publish
from inference_worker.training.run_folder import RunFolder

BOTH = ["familiarity.safetensors", "relevance.safetensors"]


@pytest.fixture
def base(tmp_path: Path) -> Path:
    folder = tmp_path / "base"
    folder.mkdir()
    for name in BOTH:
        (folder / name).write_bytes(b"measured")
    return folder


@pytest.mark.parametrize(
    ("config", "kept"),
    [
        ({"trained": ["projector"]}, BOTH),
        ({"trained": ["projector"], "lora": {"rank": 8}}, BOTH),
        ({"trained": ["language_model"], "lora": {"rank": 8}}, BOTH),
        ({"trained": ["projector", "language_model"]}, BOTH[:1]),
        ({"trained": ["projector", "encoder"]}, []),
        ({"trained": ["projector"], "lora": {"encoder": True}}, []),
    ],
)
def test_it_keeps_what_holds(
    base: Path, tmp_path: Path, config: dict[str, Any], kept: list[str]
) -> None:
    final = tmp_path / "final"
    final.mkdir()
    carry_measured(base, config, final)
    assert sorted(file.name for file in final.iterdir()) == kept


def test_what_it_keeps_is_published_with_it(base: Path, tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    run.final.mkdir(parents=True)
    carry_measured(base, {}, run.final)
    made = publish(run, tmp_path, "a-digest")
    assert sorted(file.name for file in made.iterdir()) == BOTH
