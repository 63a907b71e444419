"""`dragonfly ablate`: the same model with other crops, side by side."""

import argparse
from pathlib import Path

from rich.console import Console

from dragonfly.cli.evaluate import ModelAnswerer
from dragonfly.cli.model import load_engine
from dragonfly.evaluation.ablation import command


def run(arguments: argparse.Namespace) -> int:
    """Run the ablation that a YAML file describes."""
    return command.run(arguments, load=_load)


def _load(checkpoint: Path) -> ModelAnswerer:
    return ModelAnswerer(load_engine(str(checkpoint), None, None, Console(stderr=True)))
