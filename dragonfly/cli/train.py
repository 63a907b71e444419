"""`dragonfly train`: a run as a YAML file says, or a look at a mixture before it."""

import argparse

from dragonfly.training import command


def run(arguments: argparse.Namespace) -> int:
    """Train, or check a mixture."""
    return command.run(arguments)
