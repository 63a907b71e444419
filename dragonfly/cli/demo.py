"""`dragonfly demo slides`: synthetic slides with a record of what is where."""

import argparse

from dragonfly.mini.synthetic import command


def run(arguments: argparse.Namespace) -> int:
    """Write the slides."""
    return command.run(arguments)
