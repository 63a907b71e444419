"""`Said`: everything that a result object tells, gathered once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from pydicom.dataset import Dataset
from pydicom.valuerep import DT

from webapp.questions.models import Answer, EvidenceRegion, Question
from webapp.results.making.scheme import scheme_identification
from webapp.results.making.source import Source
from webapp.results.making.uids import uid_of
from webapp.reviews.models import Review
from webapp.slides.models import Slide
from webapp.training.models import ModelVersion

MANUFACTURER = "Dragonfly for pathology"
KINDS = ("sr", "ann", "ko", "pdf", "seg", "sc", "pm")
SERIES_NUMBERS = {kind: 9001 + place for place, kind in enumerate(KINDS)}


@dataclass(frozen=True)
class Said:
    """One version of what is known of a question."""

    question: Question
    answer: Answer
    evidence: tuple[EvidenceRegion, ...]
    source: Source
    kind: str
    version: int = 1
    review: Review | None = None
    earlier: tuple[Dataset, ...] = ()
    """Headers of the versions that this one follows."""

    @property
    def slide(self) -> Slide:
        return self.question.slide

    @property
    def at(self) -> datetime:
        """When this was said, in UTC; not when it was written down."""
        return self.review.created_at if self.review else self.answer.created_at

    @property
    def series_uid(self) -> str:
        return uid_of(self.question.pk, self.kind, "series")

    @property
    def instance_uid(self) -> str:
        return self.uid("object")

    @property
    def series_number(self) -> int:
        return SERIES_NUMBERS[self.kind]

    @property
    def model(self) -> ModelVersion | None:
        return self.question.model_version

    @property
    def model_name(self) -> str:
        return self.model.name[:64] if self.model else "unknown"

    @property
    def model_digest(self) -> str:
        """What the answer itself says of the weights, else the version's digest."""
        told = self.answer.provenance.get("model_digest")
        return str(told or (self.model.digest if self.model else "unknown"))[:64]

    @property
    def intended_use(self) -> str:
        return self.answer.intended_use or str(settings.INTENDED_USE)

    @property
    def standing(self) -> str:
        """The first thing that a person must know of it."""
        if self.review is None:
            return "Preliminary: no person has reviewed this answer"
        return "Reviewed answer of a model"

    def uid(self, *parts: object) -> str:
        """A UID of something within this object."""
        return uid_of(self.question.pk, self.kind, self.version, *parts)

    def place(self) -> dict[str, Any]:
        """Where the object is, as highdicom takes it."""
        return {
            "series_instance_uid": self.series_uid,
            "series_number": self.series_number,
            "sop_instance_uid": self.instance_uid,
            "instance_number": self.version,
            "manufacturer": MANUFACTURER,
        }


def finish(dataset: Dataset, said: Said) -> Dataset:
    """What all objects say alike; times are when it was said, so bytes repeat."""
    date, time = f"{said.at:%Y%m%d}", f"{said.at:%H%M%S}"
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.ContentDate = dataset.InstanceCreationDate = dataset.SeriesDate = date
    dataset.ContentTime = dataset.InstanceCreationTime = dataset.SeriesTime = time
    dataset.TimezoneOffsetFromUTC = "+0000"
    dataset.ManufacturerModelName = said.model_name
    dataset.SoftwareVersions = said.model_digest
    dataset.DeviceSerialNumber = said.model_digest
    dataset.SeriesDescription = "Dragonfly: research use only"
    for name in ("PatientIdentityRemoved", "DeidentificationMethod"):
        if name in said.source.finest:
            setattr(dataset, name, said.source.finest[name].value)
    for contribution in dataset.get("ContributingEquipmentSequence", ()):
        contribution.ContributionDateTime = DT(f"{date}{time}+0000")
    if "CodingSchemeIdentificationSequence" not in dataset:
        dataset.CodingSchemeIdentificationSequence = [scheme_identification()]
    return dataset
