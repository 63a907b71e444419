"""The Store Instances Response Module (PS3.18 annex I.2) in DICOM's JSON model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from webapp.dicomweb.addresses import instance_at, study_at
from webapp.dicomweb.attributes import Json
from webapp.dicomweb.sandbox.refusal import Refusal
from webapp.dicomweb.store.keeping import Kept


def _element(vr: str, *values: Any) -> Json:
    return {"vr": vr, "Value": list(values)}


@dataclass
class StoreReport:
    """What became of each part of one request."""

    base: str
    study: str = ""
    """Named by the address, if it was."""
    stored: list[Json] = field(default_factory=list)
    failed: list[Json] = field(default_factory=list)
    others: list[Json] = field(default_factory=list)
    """Failures of parts that never said which object they are."""
    studies: set[str] = field(default_factory=set)
    has_warnings: bool = False

    def keep(self, kept: Kept) -> None:
        """An object that is stored now, or was before."""
        instance = kept.instance
        series = instance.series
        place = instance_at(self.base, series.study.uid, series.uid, instance.uid)
        self.studies.add(series.study.uid)
        item = {
            "00081150": _element("UI", instance.sop_class),
            "00081155": _element("UI", instance.uid),
            "00081190": _element("UR", place),
        }
        if kept.warning:
            self.has_warnings = True
            item["00081196"] = _element("US", kept.warning)
        self.stored.append(item)

    def refuse(self, refusal: Refusal) -> None:
        """A part that is not stored."""
        item = {"00081197": _element("US", refusal.reason)}
        if refusal.instance and refusal.sop_class:
            item["00081150"] = _element("UI", refusal.sop_class)
            item["00081155"] = _element("UI", refusal.instance)
            self.failed.append(dict(sorted(item.items())))
        else:
            self.others.append(item)

    @property
    def status(self) -> int:
        """PS3.18 table 10.5.3-1."""
        if not self.failed and not self.others:
            return 202 if self.has_warnings else 200
        return 202 if self.stored else 409

    def as_json(self) -> Json:
        """The module; a sequence without items is left out."""
        found: Json = {}
        study = self.study or (next(iter(self.studies)) if self.studies else "")
        if study and len(self.studies) <= 1:
            found["00081190"] = _element("UR", study_at(self.base, study))
        for tag, items in (
            ("00081198", self.failed),
            ("00081199", self.stored),
            ("0008119A", self.others),
        ):
            if items:
                found[tag] = _element("SQ", *items)
        return found
