"""Rows that say what a descent brought back for each question about a slide."""

from pathlib import Path

import pytest
import torch

from dragonfly.engine import Engine
from dragonfly.mini.descents import ROWS, SLIDES, write_descents
from dragonfly.training.pictures import PictureReader
from dragonfly.training.row_files import Fields, read_rows
from dragonfly.training.rows import picture_of
from dragonfly.training.slide_index import read_slide_index
from tests.checkpoints import save_checkpoint, tiny_model

SLIDE_COUNT, SIDE_PX, CROP_PX = 2, 2048, 64


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder = tmp_path_factory.mktemp("base") / "model"
    return Engine.load(save_checkpoint(folder, tiny_model("v2", CROP_PX)))


@pytest.fixture(scope="module")
def folder(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("descents")
    write_descents(engine, folder, SLIDE_COUNT, SIDE_PX)
    return folder


@pytest.fixture(scope="module")
def rows(folder: Path) -> list[Fields]:
    return list(read_rows(folder / ROWS))


def test_every_row_holds_the_crops_that_the_model_takes(
    engine: Engine, folder: Path, rows: list[Fields]
) -> None:
    layout = engine.processor.layout
    reader = PictureReader(layout, read_slide_index(folder / SLIDES))
    for row in rows[:3]:
        crops = reader.read(picture_of(row, folder))
        assert len(crops) == layout.crop_count
    assert rows


def test_nothing_is_asked_that_crops_do_not_tell(rows: list[Fields]) -> None:
    assert not any("quadrant" in row["question"] for row in rows)
    assert all(row["region"] == [0, 0, SIDE_PX, SIDE_PX] for row in rows)


def test_a_second_call_writes_the_same_rows(
    engine: Engine, folder: Path, rows: list[Fields]
) -> None:
    torch.manual_seed(7)
    write_descents(engine, folder, SLIDE_COUNT, SIDE_PX)
    assert list(read_rows(folder / ROWS)) == rows
