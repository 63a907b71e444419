"""`python -m dragonfly.evaluation.candidate compare FILE | inspect TASK`."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from dragonfly.errors import DragonflyError


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command; its exit status is 1 where a sentence says why."""
    command, what = sys.argv[1:] if arguments is None else arguments
    # Imported on demand: an inspection does not need what a comparison needs.
    try:
        if command == "inspect":
            from dragonfly.evaluation.candidate.inspecting import inspect

            inspect(json.loads(what))
        else:
            from dragonfly.evaluation.candidate.comparing import compare

            compare(json.loads(Path(what).read_text()))
    except DragonflyError as error:
        sys.stderr.write(f"{error.code}: {error.message}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
