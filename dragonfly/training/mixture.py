"""A mixture file: sources with their weights, licences and places, in YAML."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dragonfly.training.args import refuse, refuse_repeated_names
from dragonfly.training.args_file import build, read_yaml
from dragonfly.training.source import Source


@dataclass(frozen=True, kw_only=True)
class Mixture:
    """Named sources, and what is known about them as a whole.

    Raises:
        TrainingError: CONFIG_INVALID.
    """

    name: str
    about: str = ""
    sources: tuple[Source, ...]

    def __post_init__(self) -> None:
        refuse(not self.sources, f"The mixture “{self.name}” has no sources.")
        refuse_repeated_names(self.sources)


def read_mixture(file: Path) -> Mixture:
    """Read a mixture file; its paths are relative to it.

    Raises:
        TrainingError: CONFIG_MISSING, CONFIG_INVALID, SOURCE_INVALID.
    """
    return build(Mixture, read_yaml(file), file.parent, file.name)
