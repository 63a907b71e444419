"""Models from outside: taken when they are whole, refused when they could do harm."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from dragonfly.engine.familiarity import Familiarity
from dragonfly.evaluation.candidate.inspecting import inspect
from dragonfly.training.adapter import AdapterAbout, save_adapter
from inference_worker.messages import ModelFields
from tests.checkpoints import save_checkpoint, tiny_model


@pytest.fixture
def incoming(tmp_path: Path, base: ModelFields) -> Path:
    folder = tmp_path / "models" / "incoming" / "tiny"
    shutil.copytree(base.path, folder)
    return folder


def looked_at(incoming: Path, base: ModelFields | None = None) -> dict[str, str]:
    draft = Path(tempfile.mkdtemp(dir=incoming.parents[1]))
    task = {
        "folder": str(incoming),
        "models": str(incoming.parents[1]),
        "draft": str(draft),
        "base": base and {"digest": base.digest, "path": base.path},
        "answer": str(draft / "answer.json"),
    }
    inspect(task)
    found: dict[str, str] = json.loads((draft / "answer.json").read_text())
    return found


def rewrite_config(incoming: Path, **fields: object) -> None:
    config = json.loads((incoming / "config.json").read_text())
    (incoming / "config.json").write_text(json.dumps(config | fields))


def test_a_whole_checkpoint_is_put_under_its_digest(
    incoming: Path, base: ModelFields
) -> None:
    found = looked_at(incoming)

    assert found["digest"] == base.digest
    assert (Path(found["path"]) / "model.safetensors").is_file()
    assert (incoming / "model.safetensors").is_file()


@pytest.mark.parametrize("name", ["pytorch_model.bin", "modeling.PY", "run.sh"])
def test_what_could_run_code_is_refused(incoming: Path, name: str) -> None:
    (incoming / name).write_bytes(b"cos\nsystem\n(S'true'\ntR.")

    assert looked_at(incoming)["code"] == "CHECKPOINT_UNSAFE"


def test_a_pickle_under_a_safe_name_is_refused(incoming: Path) -> None:
    torch.save({"weight": torch.ones(3)}, incoming / "model.safetensors")

    assert looked_at(incoming)["code"] == "CHECKPOINT_CORRUPT"


@pytest.mark.parametrize("to", ["/etc/hostname", "/etc", "config.json"])
def test_a_link_is_refused(incoming: Path, to: str) -> None:
    (incoming / "notes.txt").symlink_to(to)

    assert looked_at(incoming)["code"] == "CHECKPOINT_UNSAFE"


@pytest.mark.parametrize("name", ["notes.txt", "model.safetensors"])
def test_a_pipe_is_refused_and_nobody_waits_for_it(incoming: Path, name: str) -> None:
    (incoming / name).unlink(missing_ok=True)
    os.mkfifo(incoming / name)

    assert looked_at(incoming)["code"] == "CHECKPOINT_UNSAFE"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes devices")
def test_a_device_is_refused(incoming: Path) -> None:
    try:
        os.mknod(incoming / "notes.txt", 0o20666, os.makedev(1, 5))
    except OSError as error:
        pytest.skip(f"no device can be made here: {error}")

    assert looked_at(incoming)["code"] == "CHECKPOINT_UNSAFE"


def test_an_impossible_header_is_refused(incoming: Path) -> None:
    weights = incoming / "model.safetensors"
    weights.write_bytes((100 << 30).to_bytes(8, "little") + b"{}")

    assert looked_at(incoming)["code"] == "CHECKPOINT_CORRUPT"


def test_a_header_of_100_gigabytes_in_a_file_as_long_is_refused(incoming: Path) -> None:
    with (incoming / "model.safetensors").open("r+b") as opened:
        opened.write((100 << 30).to_bytes(8, "little"))

    assert looked_at(incoming)["code"] == "CHECKPOINT_CORRUPT"


def test_more_than_the_disk_holds_is_refused_before_it_is_copied(
    incoming: Path,
) -> None:
    with (incoming / "model.safetensors").open("r+b") as opened:
        opened.truncate(8 << 40)

    assert looked_at(incoming)["code"] == "DISK_FULL"


def test_a_list_of_parts_that_leads_out_of_the_folder_is_refused(
    incoming: Path,
) -> None:
    (incoming / "model.safetensors").rename(incoming.parent / "part.safetensors")
    index = {"weight_map": {"a": "../part.safetensors"}}
    (incoming / "model.safetensors.index.json").write_text(json.dumps(index))

    assert looked_at(incoming)["code"] == "CHECKPOINT_UNSAFE"


def test_a_vision_tower_outside_of_the_folder_is_refused(
    incoming: Path, base: ModelFields
) -> None:
    rewrite_config(incoming, image_encoder=base.path)

    assert looked_at(incoming)["code"] == "CHECKPOINT_UNSAFE"


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


@pytest.mark.parametrize(
    ("centres", "code"),
    [
        (torch.zeros(2, 32), ""),
        (torch.zeros(2, 31), "CHECKPOINT_CORRUPT"),
        (torch.full((2, 32), float("nan")), "WEIGHTS_NOT_FINITE"),
    ],
)
def test_what_was_measured_of_it_has_to_fit(
    incoming: Path, centres: torch.Tensor, code: str
) -> None:
    Familiarity(centres, torch.eye(32)[:, :3], 1.0).save(incoming)

    assert looked_at(incoming).get("code", "") == code


def test_a_lack_of_weights_is_refused(incoming: Path) -> None:
    weights = load_file(incoming / "model.safetensors")
    weights.pop("vision_embed_tokens.bias")
    save_file(weights, incoming / "model.safetensors", {"format": "pt"})

    assert looked_at(incoming)["code"] == "CHECKPOINT_INCOMPLETE"


def test_a_model_of_another_kind_is_refused(incoming: Path) -> None:
    rewrite_config(incoming, model_type="llama")

    assert looked_at(incoming)["code"] == "CHECKPOINT_UNSUPPORTED"


def adapter(folder: Path, base: ModelFields, bias: torch.Tensor) -> Path:
    about = AdapterAbout(base.digest, ("projector",), None)
    weights = load_file(Path(base.path) / "model.safetensors")
    names = [name for name in weights if name.startswith("vision_embed_tokens.")]
    trained = {name: weights[name] for name in names}
    save_adapter(folder, trained | {"vision_embed_tokens.bias": bias}, about)
    return folder


def test_an_adapter_is_merged_into_its_base(
    incoming: Path, base: ModelFields, tmp_path: Path
) -> None:
    shutil.copytree(base.path, base_folder := incoming.parent / "base")
    Familiarity(torch.zeros(2, 32), torch.eye(32)[:, :3], 7.0).save(base_folder)
    folder = adapter(incoming.parent / "small", base, torch.full((32,), 0.5))

    found = looked_at(folder, ModelFields(base.digest, str(base_folder)))

    weights = load_file(Path(found["path"]) / "model.safetensors")
    assert weights["vision_embed_tokens.bias"].eq(0.5).all()
    assert found["base_digest"] == base.digest != found["digest"]
    kept = Familiarity.load(Path(found["path"]))
    assert kept is not None
    assert kept.threshold == 7


@pytest.mark.parametrize(
    ("bias", "code"),
    [
        (torch.full((32,), float("inf")), "WEIGHTS_NOT_FINITE"),
        (torch.zeros(31), "ADAPTER_INVALID"),
        (torch.zeros(1), "ADAPTER_INVALID"),
    ],
)
def test_an_adapter_that_does_not_fit_is_refused(
    incoming: Path, base: ModelFields, bias: torch.Tensor, code: str
) -> None:
    folder = adapter(incoming.parent / "small", base, bias)

    assert looked_at(folder, base)["code"] == code


def test_an_adapter_needs_the_base_that_it_names(
    incoming: Path, base: ModelFields
) -> None:
    folder = adapter(incoming.parent / "small", base, torch.zeros(32))
    other = ModelFields("0" * 64, base.path)

    assert looked_at(folder)["code"] == "BASE_MISSING"
    assert looked_at(folder, other)["code"] == "BASE_MISSING"
