"""bfloat16 is the default only where the hardware has it."""

from pathlib import Path

import pytest
import torch

from dragonfly.model.checkpoint import load_checkpoint
from dragonfly.model.precision import default_dtype
from tests.checkpoints import save_checkpoint, tiny_model

PROBES = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")


@pytest.mark.parametrize("native", PROBES)
def test_a_cpu_with_either_extension_takes_bfloat16(
    monkeypatch: pytest.MonkeyPatch, native: str
) -> None:
    for name in PROBES:
        monkeypatch.setattr(
            torch.cpu, name, lambda name=name: name == native, raising=False
        )
    assert default_dtype("cpu") is torch.bfloat16


def test_other_cpus_take_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROBES:
        monkeypatch.setattr(torch.cpu, name, lambda: False, raising=False)
    assert default_dtype("cpu") is torch.float32


def test_a_torch_that_cannot_tell_takes_float32(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in PROBES:
        monkeypatch.delattr(torch.cpu, name, raising=False)
    assert default_dtype("cpu") is torch.float32


def test_gpus_take_bfloat16() -> None:
    assert default_dtype(torch.device("cuda", 1)) is torch.bfloat16


def test_a_format_written_inside_the_configuration_does_not_win(tmp_path: Path) -> None:
    model = tiny_model("v2").to(torch.bfloat16)
    model.config.text_config.dtype = torch.float32
    loaded, _ = load_checkpoint(
        save_checkpoint(tmp_path / "model", model), "cpu", torch.bfloat16
    )
    assert {p.dtype for p in loaded.parameters()} == {torch.bfloat16}
