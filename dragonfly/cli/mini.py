"""`dragonfly mini`: the small model that comes with the program."""

import argparse

from dragonfly.mini import command


def run(arguments: argparse.Namespace) -> int:
    """Build it, write its training data, or train it."""
    return command.run(arguments)
