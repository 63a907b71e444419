"""Trains in a process of its own and kills it without warning behind a step."""

import os
import signal
import sys
from pathlib import Path

import torch
from rich.console import Console

from dragonfly.training import loop
from dragonfly.training.args_file import read_train_args
from dragonfly.training.session import train


def main(file: Path, step: int) -> None:
    torch.set_num_threads(1)
    whole = loop.Loop.step

    def fatal(self: loop.Loop, number: int, *rest: object) -> object:
        if number == step:
            os.kill(os.getpid(), signal.SIGKILL)
        return whole(self, number, *rest)  # type: ignore[arg-type]

    loop.Loop.step = fatal  # type: ignore[assignment, method-assign]
    train(read_train_args(file), Console(quiet=True))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
