"""Manifest rows: a question about a region of a slide, without cutting it out.

One JSON object a line: `slide` (digest), `region` [x, y, width, height] in level-0
pixels, `question`, `answer`; optionally `zoomed` (the crops that a descent chose, a
list of such regions in the model's order), `source` and `patient` (an opaque key that
keeps one patient's examples together, never a name).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dragonfly.geometry import Region


@dataclass(frozen=True)
class ManifestRow:
    """One reviewed answer, or one made by hand."""

    slide: str
    region: Region
    question: str
    answer: str
    source: str | None = None
    patient: str | None = None
    zoomed: tuple[Region, ...] = ()

    def as_fields(self) -> dict[str, Any]:
        fields = {
            "slide": self.slide,
            "region": _numbers(self.region),
            "zoomed": [_numbers(crop) for crop in self.zoomed] or None,
            "question": self.question,
            "answer": self.answer,
            "source": self.source,
            "patient": self.patient,
        }
        return {name: value for name, value in fields.items() if value is not None}


def _numbers(region: Region) -> list[int]:
    return [region.x, region.y, region.width, region.height]


def write_manifest(rows: Iterable[ManifestRow], file: Path) -> None:
    """Write a manifest in one piece: the file is whole or absent."""
    draft = file.with_name(file.name + ".partial")
    with draft.open("w", encoding="utf-8") as opened:
        for row in rows:
            opened.write(json.dumps(row.as_fields(), ensure_ascii=False) + "\n")
    os.replace(draft, file)
