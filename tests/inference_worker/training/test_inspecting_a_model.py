"""Models from outside: taken when they are whole, refused when they could do harm."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch

from dragonfly.evaluation.candidate.inspecting import inspect
from inference_worker.messages import InspectRequest, ModelFields
from inference_worker.settings import WorkerSettings
from inference_worker.training import inspecting
from tests.checkpoints import save_checkpoint, tiny_model


@pytest.fixture
def incoming(tmp_path: Path, base: ModelFields) -> Path:
    folder = tmp_path / "models" / "incoming" / "tiny"
    shutil.copytree(base.path, folder)
    return folder


def looked_at(incoming: Path) -> dict[str, str]:
    answer = incoming.parents[2] / "answer.json"
    models = incoming.parents[1]
    inspect(
        {
            "folder": str(incoming),
            "models": str(models),
            "base": None,
            "answer": str(answer),
        }
    )
    assert not list(models.glob("*.partial"))
    found: dict[str, str] = json.loads(answer.read_text())
    return found


def test_a_whole_checkpoint_is_put_under_its_digest(
    incoming: Path, base: ModelFields
) -> None:
    found = looked_at(incoming)

    assert found["digest"] == base.digest
    assert (Path(found["path"]) / "model.safetensors").is_file()


@pytest.mark.parametrize("name", ["pytorch_model.bin", "modeling.py", "run.sh"])
def test_what_could_run_code_is_refused(incoming: Path, name: str) -> None:
    (incoming / name).write_bytes(b"cos\nsystem\n(S'true'\ntR.")

    assert looked_at(incoming)["code"] == "CHECKPOINT_UNSAFE"


def test_a_link_is_refused(incoming: Path) -> None:
    (incoming / "notes.txt").symlink_to("/etc/hostname")

    assert looked_at(incoming)["code"] == "CHECKPOINT_UNSAFE"


def test_an_impossible_header_is_refused(incoming: Path) -> None:
    weights = incoming / "model.safetensors"
    weights.write_bytes((100 << 30).to_bytes(8, "little") + b"{}")

    assert looked_at(incoming)["code"] == "CHECKPOINT_CORRUPT"


def test_weights_that_are_no_numbers_are_refused(incoming: Path) -> None:
    model = tiny_model()
    with torch.no_grad():
        model.vision_embed_tokens.bias.fill_(float("nan"))
    shutil.rmtree(incoming)
    save_checkpoint(incoming, model)

    assert looked_at(incoming)["code"] == "WEIGHTS_NOT_FINITE"


def test_weights_of_another_size_are_refused(incoming: Path) -> None:
    config = json.loads((incoming / "config.json").read_text())
    config["text_config"]["intermediate_size"] = 32
    (incoming / "config.json").write_text(json.dumps(config))

    assert looked_at(incoming)["code"] == "CHECKPOINT_CORRUPT"


def test_the_worker_inspects_in_a_process_of_its_own(
    incoming: Path, base: ModelFields, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = WorkerSettings(
        redis_url="",
        slide_folder=incoming,
        model=None,
        device="cpu",
        name="t",
        data_folder=incoming.parents[2],
    )

    found = inspecting.inspect(InspectRequest("1", "tiny"), settings)
    outside = inspecting.inspect(InspectRequest("1", "../../.."), settings)

    assert found.model is not None
    assert found.model.digest == base.digest
    assert outside.code == "PATH_OUTSIDE"
