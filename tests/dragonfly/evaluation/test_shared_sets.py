"""The real question sets, where they are there: sizes and clean splits."""

import os
from pathlib import Path

import pytest

from dragonfly.evaluation.benchmarks.catalogue import find_benchmark
from dragonfly.evaluation.image import has_image

_BESIDE = Path(__file__).resolve().parents[4] / "shared"
SETS = Path(os.environ.get("DRAGONFLY_TEST_DATA", _BESIDE))  # noqa: TID251
FOLDERS = {
    "vqa-rad": "vqa_rad",
    "vqa-med-2019": "vqamed2019",
    "brca-m2c": "brca_m2c",
    "bccd": "bccd",
}


@pytest.mark.parametrize(
    ("name", "sizes"),
    [
        ("vqa-rad", (1545, 252)),
        ("vqa-med-2019", (12792, 2000)),
        ("brca-m2c", (578, 82)),
        ("bccd", (615, 261)),
    ],
)
def test_a_real_set_has_its_known_size(name: str, sizes: tuple[int, int]) -> None:
    folder = SETS / "vqa" / FOLDERS[name]
    if not folder.is_dir():
        pytest.skip(f"the real {name} questions are not here ({folder})")
    benchmark = find_benchmark(name)
    train = benchmark.items(folder, "train")
    validation = benchmark.items(folder, "validation")
    assert (len(train), len(validation)) == sizes
    assert all(has_image(item) for item in validation)
