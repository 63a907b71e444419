"""What is written can be trained on, twice the same, with a card that tells all."""

from pathlib import Path

import pytest
import yaml

from dragonfly.mini.data import ORIGINS, DataError, Plan, write_mixture
from dragonfly.mini.data.rows import HELD_BACK
from dragonfly.model.tokenizer import END_OF_TURN
from dragonfly.training.example import ImageFile
from dragonfly.training.mixture import read_mixture
from dragonfly.training.pictures import open_picture
from dragonfly.training.row_files import read_rows
from dragonfly.training.rows import example_of
from tests.dragonfly.mini.data.conftest import SMALL_PLAN


def test_the_trainer_reads_every_row_and_its_picture(
    vqa_folder: Path, tmp_path: Path
) -> None:
    written = write_mixture(vqa_folder, tmp_path / "out", plan=SMALL_PLAN)
    for source in read_mixture(written.mixture).sources:
        assert source.path is not None
        rows = list(read_rows(source.path))
        assert len(rows) == source.rows
        for row in rows:
            example = example_of(row, source, "")
            assert isinstance(example.picture, ImageFile)
            assert open_picture(example.picture).mode == "RGB"
            assert example.text.endswith(END_OF_TURN)


def test_two_runs_write_the_same_bytes(vqa_folder: Path, tmp_path: Path) -> None:
    outs = [tmp_path / "one", tmp_path / "two"]
    for out in outs:
        write_mixture(vqa_folder, out, seed=3, plan=SMALL_PLAN)
    files = [sorted(p for p in out.rglob("*") if p.is_file()) for out in outs]
    assert [p.name for p in files[0]] == [p.name for p in files[1]]
    for one, two in zip(*files, strict=True):
        assert one.read_bytes() == two.read_bytes()


def test_another_seed_writes_other_rows(vqa_folder: Path, tmp_path: Path) -> None:
    digests = [
        write_mixture(vqa_folder, tmp_path / str(seed), seed, plan=SMALL_PLAN)
        for seed in (0, 1)
    ]
    assert digests[0].summary.digests != digests[1].summary.digests


def test_shares_become_weights(vqa_folder: Path, tmp_path: Path) -> None:
    written = write_mixture(vqa_folder, tmp_path / "out", 0, {"bccd": 0.25}, SMALL_PLAN)
    weights = {s.name: s.weight for s in read_mixture(written.mixture).sources}
    assert weights["bccd"] == 0.25
    assert weights["vqa-rad"] == 3.0


def test_a_share_of_a_source_that_is_none_is_refused(
    vqa_folder: Path, tmp_path: Path
) -> None:
    with pytest.raises(DataError) as caught:
        write_mixture(vqa_folder, tmp_path / "out", 0, {"slake": 1.0})
    assert caught.value.code == "SHARE_UNKNOWN"


def test_an_impossible_plan_is_refused() -> None:
    with pytest.raises(DataError) as caught:
        Plan(unknown_share=0.9)
    assert caught.value.code == "PLAN_IMPOSSIBLE"


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        write_mixture(tmp_path / "nowhere", tmp_path / "out")
    assert caught.value.code == "SETS_MISSING"


def test_a_set_that_is_absent_is_named(vqa_folder: Path, tmp_path: Path) -> None:
    (vqa_folder / "bccd").rename(tmp_path / "elsewhere")
    written = write_mixture(vqa_folder, tmp_path / "out", plan=SMALL_PLAN)
    assert written.summary.absent == ("bccd",)
    assert "Not at hand, so not in it: bccd" in written.card.read_text()


def test_the_card_credits_every_source(vqa_folder: Path, tmp_path: Path) -> None:
    written = write_mixture(vqa_folder, tmp_path / "out", plan=SMALL_PLAN)
    card = written.card.read_text()
    assert "Research use only. Not for diagnosis or patient management." in card
    for name in written.summary.questions:
        assert ORIGINS[name].attribution in card
        assert ORIGINS[name].licence in card


def test_views_of_a_picture_held_back_are_held_back_with_it(
    vqa_folder: Path, tmp_path: Path
) -> None:
    plan = Plan(synthetic_slides=0, bccd_views=4, held_back_percent=40)
    out = write_mixture(vqa_folder, tmp_path / "out", plan=plan).mixture.parent
    stems: dict[bool, set[str]] = {True: set(), False: set()}
    for file in out.glob("*.jsonl"):
        for row in read_rows(file):
            stem = Path(row["image_url"]).stem.split("-")[0]
            if stem.startswith("blood"):
                stems[file.stem == HELD_BACK].add(stem)
    assert stems[True]
    assert stems[False]
    assert not stems[True] & stems[False]


def test_stored_pictures_are_used_where_they_lie(
    vqa_folder: Path, tmp_path: Path
) -> None:
    written = write_mixture(vqa_folder, tmp_path / "out", plan=SMALL_PLAN)
    text = yaml.safe_load(written.mixture.read_text())
    assert not any(Path(source["path"]).is_absolute() for source in text["sources"])
    rows = list(read_rows(tmp_path / "out" / "vqa-med-2019.jsonl"))
    assert all(row["image_url"].startswith("../vqa/vqamed2019/") for row in rows)
    assert not list((tmp_path / "out" / "pictures").glob("med*"))
