"""Loading needs little more memory than the weights themselves."""

import subprocess
import sys
from pathlib import Path

import pytest

from dragonfly.model import DragonflyForCausalLM
from tests.checkpoints import save_checkpoint, tiny_config

STATUS = Path("/proc/self/status")
LOAD = """
import re, sys, torch
from pathlib import Path
from dragonfly.model.checkpoint import load_checkpoint

def peak():
    status = Path("/proc/self/status").read_text()
    return 1024 * int(re.search(r"VmHWM:\\s+(\\d+)", status)[1])

before = peak()
for dtype in (torch.float32, torch.bfloat16):
    load_checkpoint(sys.argv[1], "cpu", dtype)
    print(peak() - before)
"""


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A float32 checkpoint of 200 MB."""
    config = tiny_config(
        hidden_size=512, intermediate_size=2048, num_hidden_layers=12, vocab_size=8000
    )
    return save_checkpoint(
        tmp_path_factory.mktemp("large"), DragonflyForCausalLM(config)
    )


@pytest.mark.skipif(not STATUS.is_file(), reason="needs Linux to read the peak")
def test_loading_stays_within_the_size_of_the_weights(large: Path) -> None:
    size = (large / "model.safetensors").stat().st_size
    assert size > 190e6
    command = [sys.executable, "-c", LOAD, str(large)]
    as_stored, converted = map(int, subprocess.check_output(command).split())
    assert as_stored < 1.2 * size
    assert converted < 0.8 * size
