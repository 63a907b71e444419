"""`MetricsTail`: the lines that a trainer adds to its metrics, each told once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


class MetricsTail:
    """Reads on where it stopped; a file that was replaced is read anew."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._inode = 0
        self._offset = 0

    def read(self) -> list[dict[str, Any]]:
        """Whole lines that are new."""
        try:
            with self._file.open("rb") as opened:
                found = self._file.stat()
                if found.st_ino != self._inode:
                    self._inode, self._offset = found.st_ino, 0
                opened.seek(self._offset)
                content = opened.read()
        except FileNotFoundError:
            return []
        whole = content[: content.rfind(b"\n") + 1]
        self._offset += len(whole)
        return [json.loads(line) for line in whole.splitlines()]
