"""What is known of a slide that a rule may name: sender, modality, body site, stain."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from webapp.dicomweb.attributes import tag_of
from webapp.dicomweb.models import Instance, Series
from webapp.slides.models import Slide

Json = dict[str, Any]
STAINING = {"424361007", "G-C350", "127790008", "P3-00003"}
"""Concepts under which a stain stands: "using substance" and "staining" (PS3.16
TID 8003), each in SNOMED CT and in SNOMED RT."""
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Facts:
    """Texts to look for: a code and its meaning are two of them."""

    source: str
    modality: str
    body_sites: tuple[str, ...] = ()
    stains: tuple[str, ...] = ()


def facts_of(slide: Slide) -> Facts:
    """What is known of this slide; of one that is no DICOM, who sent it."""
    sender = slide.owner.username
    series = Series.objects.filter(slide=slide).order_by("pk").first()
    if series is None:
        return Facts(sender, "")
    metadata = _metadata(series)
    part = _values(series.attributes, "BodyPartExamined")
    sites = [*map(str, part), *_sites(metadata)]
    return Facts(sender, series.modality, _unique(sites), _unique(_stains(metadata)))


def _metadata(series: Series) -> Json:
    """Of one instance with pixels; all pictures of a series show the same glass."""
    pictures = Instance.objects.filter(series=series, frame_count__gt=0)
    instance = pictures.first()
    if instance is None:
        return {}
    try:
        found = json.loads((instance.folder / "metadata.json").read_bytes())
    except (OSError, ValueError):
        log.warning("The metadata of instance %s cannot be read.", instance.pk)
        return {}
    return found if isinstance(found, dict) else {}


def _values(item: Json, keyword: str) -> list[Any]:
    element = item.get(tag_of(keyword))
    values = element.get("Value") if isinstance(element, dict) else None
    return [value for value in values or [] if value is not None]


def _items(item: Json, keyword: str) -> list[Json]:
    return [value for value in _values(item, keyword) if isinstance(value, dict)]


def _codes(items: list[Json]) -> Iterator[str]:
    """Value and meaning of each code."""
    for item in items:
        for keyword in ("CodeValue", "LongCodeValue", "CodeMeaning"):
            yield from map(str, _values(item, keyword))


def _sites(metadata: Json) -> Iterator[str]:
    yield from _codes(_items(metadata, "AnatomicRegionSequence"))
    for specimen in _items(metadata, "SpecimenDescriptionSequence"):
        yield from _codes(_items(specimen, "PrimaryAnatomicStructureSequence"))


def _stains(metadata: Json) -> Iterator[str]:
    for specimen in _items(metadata, "SpecimenDescriptionSequence"):
        for step in _items(specimen, "SpecimenPreparationSequence"):
            for item in _items(step, "SpecimenPreparationStepContentItemSequence"):
                name = set(_codes(_items(item, "ConceptNameCodeSequence")))
                if name & STAINING:
                    yield from _codes(_items(item, "ConceptCodeSequence"))
                    yield from map(str, _values(item, "TextValue"))


def _unique(texts: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))
