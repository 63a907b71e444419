"""Write the kept rows of a source, one JSON Lines file for each side of the split."""

from __future__ import annotations

import json
import os
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from dragonfly.training.row_files import Fields
from dragonfly.training.source import Source
from dragonfly.training.split import Side

SIDES: tuple[Side, ...] = ("train", "validation")


def prepared_file(source: Source, side: Side, folder: Path) -> Path:
    return folder / f"{source.name}.{side}.jsonl"


class PreparedRows:
    """Files that are whole or absent; without a folder nothing is written."""

    def __init__(self, source: Source, folder: Path | None) -> None:
        self._source = source
        self._folder = folder
        self._stack = ExitStack()
        self._files: dict[Side, IO[str]] = {}

    def __enter__(self) -> Self:
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True)
            for side in SIDES:
                file = self._draft(side, self._folder).open("w", encoding="utf-8")
                self._files[side] = self._stack.enter_context(file)
        return self

    def write(self, side: Side, row: Fields) -> None:
        if side in self._files:
            known = {name: value for name, value in row.items() if value is not None}
            self._files[side].write(json.dumps(known, ensure_ascii=False) + "\n")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()
        if self._folder is None:
            return
        for side in SIDES:
            draft = self._draft(side, self._folder)
            if kind is None:
                os.replace(draft, prepared_file(self._source, side, self._folder))
            else:
                draft.unlink(missing_ok=True)

    def _draft(self, side: Side, folder: Path) -> Path:
        return folder / f"{self._source.name}.{side}.partial"
