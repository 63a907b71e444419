"""Tiny question sets in the layout of the real ones, with pictures made from a seed."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from dragonfly.evaluation.benchmarks.image_split import split_of_all
from dragonfly.mini.data import Plan

Row = dict[str, Any]

RADIOLOGY = [
    ("modality", "is this an mri image?", "yes"),
    ("plane", "in which plane is the mri displayed?", "Axial"),
    ("organ", "what organ system is shown in this ct scan?", "skull and contents"),
    ("abnormality", "what is abnormal in the mri?", "meningioma"),
]
SMALL_PLAN = Plan(brca_views=2, bccd_views=2, nuinsseg_views=2, synthetic_slides=0)


def picture(seed: int, width: int = 240, height: int = 240) -> Image.Image:
    """A smooth picture of its own; equal seeds are one picture in several sizes."""
    coarse = np.random.default_rng(seed).integers(0, 256, (9, 9, 3), np.uint8)
    return Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)


def write_lines(file: Path, rows: Iterable[Row]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))


def save(file: Path, image: Image.Image) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    image.save(file)


def name_in(split: str) -> str:
    """A picture name that the cut by image puts into `split`."""
    names = (f"rad{i}.png" for i in range(1000))
    return next(name for name in names if split_of_all(name) == split)


@pytest.fixture
def vqa_folder(tmp_path: Path) -> Path:
    """All five sets, each with training pictures and one that is held out."""
    root = tmp_path / "vqa"
    _radiology(root)
    _cells(root)
    _smears(root)
    _nuclei(root)
    return root


def _radiology(root: Path) -> None:
    rows = []
    for seed, split in enumerate(("train", "validation", "test")):
        name = name_in(split)
        save(root / "vqa_rad/images" / name, picture(100 + seed))
        rows.append(
            {
                "id": f"rad-{seed}",
                "image": f"images/{name}",
                "question": "Is the liver normal?",
                "answer": "Yes",
                "answer_type": "CLOSED",
                "question_type": "ABN",
                "split": "train",
            }
        )
    write_lines(root / "vqa_rad/qa.jsonl", rows)
    rows = []
    for number in range(13):
        save(root / f"vqamed2019/images/med{number}.png", picture(200 + number))
        for category, question, answer in RADIOLOGY:
            rows.append(
                {
                    "id": f"med-{number}-{category}",
                    "image": f"images/med{number}.png",
                    "question": question,
                    "answer": answer,
                    "answer_type": "OPEN",
                    "category": category,
                    "split": "val" if number == 12 else "train",
                }
            )
    write_lines(root / "vqamed2019/qa.jsonl", rows)


def _cells(root: Path) -> None:
    points, questions = [], []
    for number, split in enumerate(("train", "train", "train", "val")):
        random = np.random.default_rng(number)
        save(root / f"brca_m2c/images/brca_{number}.png", picture(300 + number))
        shared = {
            "image": f"images/brca_{number}.png",
            "split": split,
            # The third training patch is of the patient whose other one is held out.
            "source": f"TCGA-XX-000{min(number, 2)}-01Z",
        }
        where = random.integers(0, 240, (150, 2)).tolist()
        kinds = (
            random.choice(
                [1, 2, 3], 150, p=[0.2, 0.2 + 0.2 * number, 0.6 - 0.2 * number]
            )
            if number < 3
            else [2] * 150
        )
        cells = [[x, y, int(kind)] for (x, y), kind in zip(where, kinds, strict=True)]
        points.append({**shared, "w": 240, "h": 240, "points": cells})
        questions.append(
            {
                **shared,
                "id": f"m2c-{number}",
                "question": "Is this H&E patch densely cellular?",
                "answer": "yes",
                "answer_type": "CLOSED",
                "kind": "cellularity",
            }
        )
    write_lines(root / "brca_m2c/points.jsonl", points)
    write_lines(root / "brca_m2c/qa_template.jsonl", questions)


def _smears(root: Path) -> None:
    boxes, questions = [], []
    for number in range(5):
        split = "val" if number == 4 else "train"
        name = f"images/blood{number}.png"
        save(root / "bccd" / name, picture(400 + number))
        cells: list[list[Any]] = [
            ["WBC", 40 + 90 * (number % 2), 60, 100 + 90 * (number % 2), 120]
        ]
        cells += [["RBC", 120, 160, 160, 200], ["Platelets", 150, 30, 165, 45]][
            : 1 + number % 2
        ]
        boxes.append(
            {"image": name, "w": 240, "h": 240, "objects": cells, "split": split}
        )
        questions.append(
            {
                "id": f"bccd-{number}-WBC",
                "image": name,
                "question": "Are white blood cells visible in this blood smear?",
                "answer": "yes",
                "answer_type": "CLOSED",
                "split": split,
            }
        )
    write_lines(root / "bccd/boxes.jsonl", boxes)
    write_lines(root / "bccd/qa_template.jsonl", questions)


def _nuclei(root: Path) -> None:
    rows = []
    for number in range(4):
        random = np.random.default_rng(number)
        save(root / f"nuinsseg/images/{number}.png", picture(500 + number))
        places = random.integers(0, 225, (12 * (number + 1), 2)).tolist()
        rows.append(
            {
                "image": f"images/{number}.png",
                "w": 240,
                "h": 240,
                "boxes": [[x, y, 12, 12] for x, y in places],
                "organ": "liver",
                "split": "test" if number == 3 else "train",
            }
        )
    write_lines(root / "nuinsseg/boxes.jsonl", rows)
