"""The `dragonfly` command: ask, describe, doctor, train, evaluate, mini, demo.

An expected failure ends with its code and sentence on stderr and exit status 1.
"""

import sys
from collections.abc import Sequence
from importlib import import_module

from rich.console import Console

from dragonfly.cli.parser import build_parser
from dragonfly.errors import DragonflyError

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    chosen = build_parser().parse_args(arguments)
    try:
        # Imported on demand: describing a slide must not need or wait for torch.
        return int(import_module(f"dragonfly.cli.{chosen.command}").run(chosen))
    except DragonflyError as error:
        Console(stderr=True, highlight=False, soft_wrap=True).print(
            f"[bold red]{error.code}[/]: ", end=""
        )
        Console(stderr=True, highlight=False, soft_wrap=True).print(
            error.message, markup=False
        )
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
