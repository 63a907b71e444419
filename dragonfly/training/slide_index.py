"""Where the slide with a digest lies: the one thing a manifest does not say."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from dragonfly.training.errors import TrainingError

SlideIndex = Callable[[str], Path | None]


def no_slides(_digest: str) -> Path | None:
    """The index of a source that names no slides."""
    return None


def read_slide_index(file: Path) -> SlideIndex:
    """Read `{digest: path}`; paths are relative to the file.

    Raises:
        TrainingError: SLIDE_INDEX_INVALID.
    """
    try:
        entries = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _invalid(file) from error
    if not isinstance(entries, dict):
        raise _invalid(file)
    paths = {str(digest): file.parent / str(path) for digest, path in entries.items()}
    return paths.get


def _invalid(file: Path) -> TrainingError:
    return TrainingError(
        "SLIDE_INDEX_INVALID",
        f"{file.name} is no readable JSON object of slide digests and paths.",
    )
