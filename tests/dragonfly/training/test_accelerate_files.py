"""The files for `accelerate launch` say what they are for, and do not accumulate.

They are read here and not trained with: that takes several GPUs.
"""

from pathlib import Path

import pytest
from accelerate.commands.config.config_args import load_config_from_file

import dragonfly.training

FOLDER = Path(dragonfly.training.__path__[0], "configs")
KINDS = {
    "one_gpu": "NO",
    "multi_gpu": "MULTI_GPU",
    "multi_node": "MULTI_GPU",
    "fsdp": "FSDP",
    "zero1": "DEEPSPEED",
    "zero2": "DEEPSPEED",
    "zero3": "DEEPSPEED",
}


def test_every_file_is_known() -> None:
    assert {file.stem for file in FOLDER.glob("*.yaml")} == set(KINDS)


@pytest.mark.parametrize(("name", "kind"), KINDS.items())
def test_accelerate_reads_the_file(name: str, kind: str) -> None:
    config = load_config_from_file(str(FOLDER / f"{name}.yaml"))
    assert config.distributed_type.value == kind
    accumulated = config.deepspeed_config.get("gradient_accumulation_steps", 1)
    assert accumulated == 1
