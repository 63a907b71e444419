"""A configuration file is read strictly, and contradictions are refused in words."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from dragonfly.training.args_file import read_train_args
from dragonfly.training.devices import refuse_uneven_batches
from dragonfly.training.errors import TrainingError
from dragonfly.training.presets import PRESETS
from tests.dragonfly.training.conftest import Runner

CONTRADICTIONS: list[tuple[dict[str, Any], str]] = [
    ({"trained": []}, "Nothing would be trained"),
    ({"lora": {}}, "in full or through LoRA"),
    ({"data": {"features": "f"}}, "frozen encoder"),
    ({"data": {"mixture": "m.yaml"}}, "one of the two"),
    ({"data": {"max_bad_share": 1.5}}, "is a share"),
    ({"optimizer": {"epochs": 1}}, "steps or optimizer.epochs"),
    ({"optimizer": {"steps": 0}}, "steps must be at least 1"),
    ({"optimizer": {"projector_rate": 0}}, "projector_rate must be above 0"),
    ({"optimizer": {"micro_batch_size": 3}}, "multiple of micro_batch_size"),
    ({"optimizer": {"warmup_ratio": 2}}, "share below 1"),
    ({"run": {"keep_last": 0}}, "at least 1"),
    ({"trained": ["projecter"]}, "one of encoder, projector, language_model"),
    ({"optimizer": {"learning_rat": 1}}, "Did you mean “learning_rate”"),
    ({"optimizer": {"learning_rate": "fast"}}, "must be a number"),
    ({"run": {"tensorboard": "no"}}, "true or false"),
    ({"data": {"sources": [{"path": "x"}]}}, r"sources\[0\]: “name” is missing"),
    ({"data": {"sources": [{"name": "x", "weight": 0}]}}, "weight of source “x”"),
    ({"data": {"sources": [{"name": "x"}, {"name": "x"}]}}, "Two sources"),
    ({"preset": "stage3"}, "no preset “stage3”"),
]


@pytest.mark.parametrize(("changes", "words"), CONTRADICTIONS)
def test_a_contradiction_is_refused(
    runner: Runner, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(TrainingError, match=words):
        runner.args(**changes)


def test_training_on_the_validation_rows_is_refused(runner: Runner) -> None:
    same = {"name": "same", "path": str(runner.data / "rows.jsonl")}
    with pytest.raises(TrainingError, match="“same” are trained on too"):
        runner.train(data={"validation": [same]})


def test_text_alone_is_refused(runner: Runner) -> None:
    texts = {"name": "t", "path": str(runner.data / "text.jsonl"), "stream": "text"}
    with pytest.raises(TrainingError) as refused:
        runner.train(data={"sources": [texts]})
    assert refused.value.code == "IMAGES_MISSING"


def test_a_batch_that_processes_cannot_share_is_refused(runner: Runner) -> None:
    with pytest.raises(TrainingError, match="no multiple of 3 processes"):
        refuse_uneven_batches(runner.args().optimizer, 3)


def test_a_file_that_is_no_yaml_names_the_line(tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text("a: 1\nb: [\n")
    with pytest.raises(TrainingError, match=r"bad\.yaml is not valid YAML, near line"):
        read_train_args(file)


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    file = tmp_path / "run.yaml"
    fields = {
        "preset": "stage1",
        "model": "base",
        "data": {"sources": [{"name": "s", "path": "rows.jsonl"}]},
        "run": {"output": "out"},
    }
    file.write_text(yaml.safe_dump(fields))
    args = read_train_args(file)
    assert args.model == tmp_path / "base"
    assert args.data.sources[0].path == tmp_path / "rows.jsonl"


def test_a_number_in_scientific_notation_is_a_number(runner: Runner) -> None:
    args = runner.args(optimizer={"learning_rate": "2e-5"})
    assert args.optimizer.learning_rate == 2e-5


@pytest.mark.parametrize(
    ("preset", "steps", "batch", "rate", "trained"),
    [
        ("stage1", 17_400, 32, 2e-5, ("projector",)),
        ("stage2", 507_798, 8, 2e-6, ("encoder", "projector", "language_model")),
    ],
)
def test_the_presets_are_the_published_figures(
    tmp_path: Path, preset: str, steps: int, batch: int, rate: float, trained: object
) -> None:
    file = tmp_path / "run.yaml"
    file.write_text(
        f"{{preset: {preset}, model: m, run: {{output: o}}, "
        "data: {sources: [{name: s}]}}"
    )
    args = read_train_args(file)
    optimizer = args.optimizer
    figures = (optimizer.steps, optimizer.batch_size, optimizer.learning_rate)
    assert figures == (steps, batch, rate)
    assert (optimizer.schedule, optimizer.warmup_ratio) == ("cosine", 0.01)
    assert (optimizer.weight_decay, optimizer.clip_norm) == (0.1, 1.0)
    assert args.trained == trained
    assert args.data.labels_from == "after_bos"


@pytest.mark.parametrize("preset", sorted(PRESETS))
def test_every_preset_makes_a_whole_configuration(tmp_path: Path, preset: str) -> None:
    steps = "" if "steps" in PRESETS[preset]["optimizer"] else "epochs: 1"
    file = tmp_path / "run.yaml"
    file.write_text(
        f"{{preset: {preset}, model: m, run: {{output: o}}, "
        f"optimizer: {{{steps}}}, data: {{sources: [{{name: s}}]}}}}"
    )
    assert read_train_args(file).optimizer.batch_size >= 8
