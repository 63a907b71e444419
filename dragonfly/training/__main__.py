"""`python -m dragonfly.training`: the same as `dragonfly train`."""

import argparse
import sys
from collections.abc import Sequence

from rich.console import Console

from dragonfly.errors import DragonflyError
from dragonfly.training.command import add_arguments, run


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m dragonfly.training",
        description="Train Dragonfly models. Research use only. Not for diagnosis or "
        "patient management.",
    )
    add_arguments(parser)
    try:
        return run(parser.parse_args(arguments))
    except DragonflyError as error:
        console = Console(stderr=True, highlight=False, soft_wrap=True)
        console.print(f"{error.code}: {error.message}", markup=False)
        return 1


if __name__ == "__main__":
    sys.exit(main())
