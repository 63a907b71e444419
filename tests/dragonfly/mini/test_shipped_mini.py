"""The Dragonfly-mini that ships: joined from its parts, named, and asked."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from dragonfly.engine import Answer, Answered, Decoding, Engine
from dragonfly.engine.engine import UNFAMILIAR
from dragonfly.errors import ModelError
from dragonfly.mini.build import BASE_RECORD, RECORD, build_mini
from dragonfly.mini.shipped import PARTS, SHIPPED
from dragonfly.slide import open_slide
from dragonfly.training.adapter import WEIGHTS

MIB = 2**20


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_mini(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def engine(folder: Path) -> Engine:
    return Engine.load(folder, "cpu")


def smear(path: Path) -> Path:
    """Red disks and one violet one on a pale ground, as in a blood smear."""
    picture = Image.new("RGB", (640, 480), (240, 225, 220))
    grid = np.mgrid[0:480, 0:640]
    pixels = np.array(picture)
    random = np.random.default_rng(3)
    for x, y in random.integers(40, 440, (40, 2)):
        near = (grid[1] - x * 1.3) ** 2 + (grid[0] - y) ** 2 < 38**2
        pixels[near] = (215, 140, 140)
    pixels[(grid[1] - 320) ** 2 + (grid[0] - 240) ** 2 < 60**2] = (110, 70, 150)
    Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(2)).save(path)
    return path


def ask(engine: Engine, path: Path, question: str) -> Answer:
    with open_slide(path) as slide:
        events = list(engine.answer(slide, question, decoding=Decoding(16)))
    assert isinstance(events[-1], Answered)
    return events[-1].answer


def test_it_answers_a_yes_or_no_question_with_yes_or_no(
    engine: Engine, tmp_path: Path
) -> None:
    engine.familiarity = None
    said = ask(engine, smear(tmp_path / "smear.png"), "Are platelets visible?")
    assert said.text.strip().lower().split()[0].strip(".,") in {"yes", "no"}
    assert len(said.evidence) == 4
    assert not said.is_truncated


def test_its_name_says_what_it_is_not(engine: Engine, tmp_path: Path) -> None:
    answer = ask(engine, smear(tmp_path / "smear.png"), "Is this a CT scan?")
    assert "not for diagnosis" in answer.provenance.model_name
    assert len(answer.provenance.model_digest) == 64


def chart(path: Path) -> Path:
    """Coloured bars and words on white."""
    picture = Image.new("RGB", (640, 480), (255, 255, 255))
    draw = ImageDraw.Draw(picture)
    for bar in range(12):
        top, colour = 460 - 30 * (bar * 7 % 13), (30 + 15 * bar, 90, 200 - 12 * bar)
        draw.rectangle((40 + 48 * bar, top, 70 + 48 * bar, 460), fill=colour)
    for word in range(30):
        place = (20 + 20 * word, 10 + word % 5 * 20)
        draw.text(place, f"word {word}", fill=(0, 0, 0))
    picture.save(path)
    return path


def test_it_does_not_answer_a_picture_of_a_chart(folder: Path, tmp_path: Path) -> None:
    engine = Engine.load(folder, "cpu")
    answer = ask(engine, chart(tmp_path / "chart.png"), "Which organ is this?")
    assert UNFAMILIAR in answer.notes


def test_a_second_build_is_the_first(folder: Path) -> None:
    before = (folder / "model.safetensors").stat().st_mtime_ns
    assert build_mini(folder.parent) == folder
    assert (folder / "model.safetensors").stat().st_mtime_ns == before


def test_all_that_went_into_it_is_recorded_by_digest(folder: Path) -> None:
    record = json.loads((folder / RECORD).read_text())
    assert record.keys() == {"language", "vision", "recipe", "adapter"}
    assert not (folder / BASE_RECORD).exists()


def test_the_adapter_is_small_and_has_a_card() -> None:
    assert (SHIPPED / WEIGHTS).stat().st_size <= 25 * MIB
    card = (SHIPPED / "MODEL_CARD.md").read_text()
    assert "not for diagnosis" in card.lower()
    assert "CC BY 4.0" in card


def test_parts_other_than_it_was_trained_on_are_refused(tmp_path: Path) -> None:
    shutil.copytree(SHIPPED, tmp_path / "adapter")
    parts = {"language": "0" * 64, "vision": "0" * 64, "recipe": "1"}
    (tmp_path / "adapter" / PARTS).write_text(json.dumps(parts))
    with pytest.raises(ModelError) as caught:
        build_mini(tmp_path, tmp_path / "adapter")
    assert caught.value.code == "MINI_PARTS_CHANGED"
    assert "pip install" in caught.value.message


def test_a_folder_without_an_adapter_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        build_mini(tmp_path, tmp_path)
    assert caught.value.code == "MINI_ADAPTER_MISSING"
