"""Trains in one of several processes that `torchrun` started."""

import sys
from pathlib import Path

import torch
from rich.console import Console

from dragonfly.training.args_file import read_train_args
from dragonfly.training.session import train


def main(file: Path) -> None:
    torch.set_num_threads(1)
    train(read_train_args(file), Console(quiet=True))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
