"""Checking a mixture: what is there, what of it can be used, and the data card."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import dragonfly.training
from dragonfly.training.args_file import read_train_args
from dragonfly.training.errors import TrainingError
from dragonfly.training.mixture import Mixture, read_mixture
from dragonfly.training.mixture_check import CheckedSource, Filters, check_mixture
from dragonfly.training.row_files import read_rows
from dragonfly.training.source import Source
from dragonfly.training.split import side_of
from tests.checkpoints import noise
from tests.dragonfly.training.conftest import Runner, row, write_rows

SHIPPED = Path(dragonfly.training.__path__[0], "mixtures")


@pytest.fixture
def source(data: Path, tmp_path: Path) -> Source:
    """12 good rows and one of each kind that is left out."""
    rows: list[dict[str, Any]] = [row(n) | {"patient": f"p{n % 4}"} for n in range(12)]
    noise(8, 8).save(tmp_path / "tiny.png")
    left_out = [
        row(0) | {"patient": "p0"},
        {"image_url": "1.png"},
        row(1) | {"conversations": "long" * 10_000},
        row(2) | {"image_url": str(tmp_path / "tiny.png")},
        row(3) | {"image_url": "nowhere.png"},
    ]
    file = write_rows(tmp_path / "rows.jsonl", rows + left_out)
    return Source(name="made", path=file, image_dir=data, licence="CC0-1.0")


def check(source: Source, output: Path | None = None, **filters: Any) -> CheckedSource:
    mixture = Mixture(name="m", sources=(source,))
    defaults: dict[str, Any] = {"min_side_px": 20, "validation_share": 0.3}
    (checked,) = check_mixture(mixture, Filters(**defaults | filters), output)
    return checked


def test_every_row_is_kept_or_has_its_reason(source: Source) -> None:
    checked = check(source)
    assert checked.rows == 17
    assert checked.kept == 12
    reasons = {k: n for k, n in checked.outcomes.items() if not k.startswith("kept")}
    assert reasons == {
        "repeated": 1,
        "without text": 1,
        "text too long": 1,
        "picture too small": 1,
        "PICTURE_MISSING": 1,
    }


def patients(source: Source, folder: Path, side: str) -> set[str]:
    rows = read_rows(folder / f"{source.name}.{side}.jsonl")
    return {row["patient"] for row in rows}


def test_a_patient_is_on_one_side_only(source: Source, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    check(source, folder, split_by="patient", validation_share=0.5, seed=3)
    train, held = (patients(source, folder, s) for s in ("train", "validation"))
    assert train | held == {"p0", "p1", "p2", "p3"}
    assert not train & held
    assert train
    assert held


def test_a_picture_with_two_questions_is_on_one_side_only(
    data: Path, tmp_path: Path
) -> None:
    rows = [row(n % 12) | {"conversations": f"chat {n}"} for n in range(48)]
    file = write_rows(tmp_path / "rows.jsonl", rows)
    checked = check(Source(name="s", path=file, image_dir=data), validation_share=0.5)
    assert len(checked.groups["train"]) + len(checked.groups["validation"]) == 12
    assert not checked.groups["train"] & checked.groups["validation"]


def test_a_split_by_patient_needs_patients(data: Path, tmp_path: Path) -> None:
    file = write_rows(tmp_path / "rows.jsonl", [row(0)])
    with pytest.raises(TrainingError) as refused:
        check(
            Source(name="s", path=file, image_dir=data),
            tmp_path / "out",
            split_by="patient",
        )
    assert refused.value.code == "PATIENT_UNKNOWN"
    assert not list((tmp_path / "out").iterdir())


def test_the_split_of_a_group_never_changes() -> None:
    sides = [side_of(f"p{n}", 0.2, 0) for n in range(1000)]
    assert 150 < sides.count("validation") < 250
    assert sides == [side_of(f"p{n}", 0.2, 0) for n in range(1000)]


@pytest.mark.parametrize("name", ["general", "biomedical", "open_pathology"])
def test_a_shipped_mixture_claims_nothing_unverified(name: str) -> None:
    mixture = read_mixture(SHIPPED / f"{name}.yaml")
    for each in check_mixture(mixture, Filters()):
        assert not each.on_disk
        source = each.source
        assert source.evidence != "unknown"
        assert (source.licence == "unknown") == (source.obtained_from == "unknown")


def test_the_checked_rows_and_the_card_are_ready_for_training(
    runner: Runner, source: Source, tmp_path: Path
) -> None:
    from dragonfly.training.__main__ import main

    file = tmp_path / "mixture.yaml"
    file.write_text(
        f"name: Mine\nsources:\n- {{name: made, path: {source.path}, "
        f"image_dir: {source.image_dir}, licence: CC0-1.0}}\n"
    )
    out = tmp_path / "out"
    options = ["--min-side-px", "20", "--validation-share", "0.3"]
    assert main(["mixture", str(file), "--output", str(out), *options]) == 0
    card = (out / "data_card.md").read_text()
    assert "| made | image | 1 | CC0-1.0 | unknown | unknown |" in card
    assert json.loads((out / "data_card.json").read_text())["sources"][0]["rows"] == 17
    fields = runner.fields("run")
    fields["data"] = {
        "mixture": str(out / "train.yaml"),
        "validation_mixture": str(out / "validation.yaml"),
    }
    config = tmp_path / "train_run.yaml"
    config.write_text(json.dumps(fields))
    assert main(["run", str(config)]) == 0
    assert read_train_args(config).run.output.joinpath("final").is_dir()


def test_a_failure_is_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from dragonfly.training.__main__ import main

    shutil.rmtree(tmp_path / "none", ignore_errors=True)
    assert main(["run", str(tmp_path / "none.yaml")]) == 1
    assert capsys.readouterr().err.startswith("CONFIG_MISSING: There is no readable")
