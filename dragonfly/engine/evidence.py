"""Numbering of evidence regions as they are chosen."""

from __future__ import annotations

from collections.abc import Mapping

from dragonfly.engine.answer import Evidence, EvidenceKind
from dragonfly.geometry import Region
from dragonfly.model.layout import Resolution
from dragonfly.slide import CropSource


class EvidenceList:
    """Evidence of one answer, numbered from 1 in the order in which it was found.

    Args:
        sources: how the crops of each resolution are read.
        magnification: of the slide's level 0, for people; None when unknown.
    """

    def __init__(
        self, sources: Mapping[Resolution, CropSource], magnification: float | None
    ) -> None:
        self._sources = sources
        self._magnification = magnification
        self._items: list[Evidence] = []

    @property
    def items(self) -> tuple[Evidence, ...]:
        return tuple(self._items)

    def add(
        self,
        region: Region,
        kind: EvidenceKind,
        rule: str,
        score: float,
        resolution: Resolution,
        parent: int | None = None,
    ) -> Evidence:
        source = self._sources[resolution]
        downsample = max(region.width, region.height) / source.crop_px
        item = Evidence(
            number=len(self._items) + 1,
            region=region,
            kind=kind,
            rule=rule,
            score=float(f"{score:.6g}"),
            resolution=resolution,
            downsample=round(downsample, 4),
            magnification=self._seen_at(downsample),
            parent=parent,
            source=source,
        )
        self._items.append(item)
        return item

    def _seen_at(self, downsample: float) -> float | None:
        # A crop enlarged past level 0 shows no more than level 0 does.
        if self._magnification is None:
            return None
        return round(self._magnification / max(1.0, downsample), 2)
