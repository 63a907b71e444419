"""Rows of the index as results of a search (PS3.18 tables 10.6.3-3 to 5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydicom.uid import UID

from webapp.dicomweb.addresses import instance_at, series_at, study_at
from webapp.dicomweb.attributes import INSTANCE_TAGS, Json
from webapp.dicomweb.models import Instance, Series, Study
from webapp.dicomweb.retrieve.metadata import header_of
from webapp.dicomweb.search.query import Query

TRANSFER_SYNTAX = "00020010"
MOST_HEADER_BYTES = 4 * 2**20


def of_study(study: Study, base: str, query: Query) -> Json:
    """A study with its counts; `study` is annotated with them."""
    counts: Any = study
    modalities = sorted({each.modality for each in study.series.all()})
    return {
        "00080005": _element("CS", "ISO_IR 192"),
        **study.attributes,
        "0020000D": _element("UI", study.uid),
        "00080056": _element("CS", "ONLINE"),
        "00080061": _element("CS", *[m for m in modalities if m]),
        "00081190": _element("UR", study_at(base, study.uid)),
        "00201206": _element("IS", counts.series_count),
        "00201208": _element("IS", counts.instance_count),
    }


def of_series(series: Series, base: str, query: Query) -> Json:
    """A series, and its study where no study was named."""
    counts: Any = series
    return {
        "00080005": _element("CS", "ISO_IR 192"),
        **series.study.attributes,
        **series.attributes,
        "0020000E": _element("UI", series.uid),
        "00081190": _element("UR", series_at(base, series.study.uid, series.uid)),
        "00201209": _element("IS", counts.instance_count),
    }


def of_instance(instance: Instance, base: str, query: Query) -> Json:
    """An instance with what pathology clients need to know of its pixels."""
    series = instance.series
    study = series.study
    kept = instance.attributes.items()
    own = {
        tag: element
        for tag, element in kept
        if query.includes_all or tag in INSTANCE_TAGS or tag in query.include
    }
    known = {**study.attributes, **series.attributes, **own}
    syntax = UID(instance.transfer_syntax)
    sent = syntax if syntax.is_encapsulated else UID("1.2.840.10008.1.2.1")
    return {
        "00080005": _element("CS", "ISO_IR 192"),
        **known,
        **_further(instance, base, query.include - known.keys()),
        "00080056": _element("CS", "ONLINE"),
        "00083002": _element("UI", str(sent)),
        "00081190": _element(
            "UR", instance_at(base, study.uid, series.uid, instance.uid)
        ),
    }


def _further(instance: Instance, base: str, wanted: set[str]) -> Json:
    """Attributes that are asked for by name and kept in the object's header alone.

    Some clients ask for the transfer syntax by its tag of the file meta information.
    """
    found: Json = {}
    if TRANSFER_SYNTAX in wanted:
        found[TRANSFER_SYNTAX] = _element("UI", instance.transfer_syntax)
    rest = wanted - {TRANSFER_SYNTAX}
    header = instance.folder / "metadata.json"
    if rest and header.is_file() and header.stat().st_size <= MOST_HEADER_BYTES:
        whole = header_of(base, instance)
        found |= {tag: whole[tag] for tag in rest if tag in whole}
    return found


Maker = Callable[[Any, str, Query], Json]


def _element(vr: str, *values: Any) -> Json:
    return {"vr": vr, "Value": list(values)} if values else {"vr": vr}
