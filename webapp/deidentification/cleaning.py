"""`clean`: a header as the Basic Profile leaves it, with its references intact.

Knows attributes only; pixels are `pixels`, files are `files`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from pydicom.datadict import dictionary_has_tag, dictionary_VR
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag

from webapp.deidentification.pseudonyms import Pseudonyms, moved
from webapp.deidentification.stand_ins import DATES, TEXT, TIMES, stand_in
from webapp.deidentification.table import ACTIONS, EDITION, Action, action_of

NAMED = {
    "PatientID",
    "ContainerIdentifier",
    "SpecimenIdentifier",
    "DeviceSerialNumber",
    "TrackingID",
}
"""Identifiers that get a name of their own, so that two things stay two."""
NAMING_CONCEPTS = {"121041", "111700", "112039"}
"""Content items whose text is an identifier: specimen, container, tracking (DCM)."""
PERSON_CODES = {"PersonIdentificationCodeSequence", "InstitutionCodeSequence"}
"""Codes that name one person or place, and no concept."""
KINDS = ("ClassUID", "TransferSyntaxUID", "ClassUIDInFile", "ClassesInStudy")
KINDS_TOO = {"CodingSchemeUID", "ContextUID", "MappingResourceUID"}
"""UIDs of kinds and catalogues, which say nothing about one object."""
NEVER_MOVED = {"PatientBirthDate", "PatientBirthTime", "GPSTimeStamp"}
METHODS = {
    "113100": "Basic Application Confidentiality Profile",
    "113104": "Clean Structured Content Option",
    "113107": "Retain Longitudinal Temporal Information Modified Dates Option",
}


@dataclass(slots=True)
class Cleaning:
    """One object being cleaned, and how often what was done to it."""

    names: Pseudonyms
    patient: str
    """What the patient is known by: decides the stand-in name and the days."""
    moves_dates: bool = False
    done: Counter[str] = field(default_factory=Counter)

    @property
    def _shift(self) -> timedelta:
        return self.names.shift(self.patient)

    def clean(self, dataset: Dataset) -> None:
        """This data set and all that is nested in it."""
        is_text = dataset.get("ValueType") == "TEXT"
        for tag in list(dataset.keys()):
            action = action_of(tag)
            if action is Action.REMOVE or not _is_known(tag, dataset[tag].VR):
                del dataset[tag]
                self.done["removed"] += 1
                continue
            element = dataset[tag]
            if is_text and element.keyword == "TextValue":
                element.value = self._text_of(dataset)
                self.done["replaced"] += 1
            elif element.VR == "SQ":
                self._nested(element, action)
            else:
                self._value(element, action)

    def _nested(self, element: DataElement, action: Action | None) -> None:
        if action is Action.EMPTY:
            self._put(element, Sequence(), "emptied")
        elif element.keyword in PERSON_CODES and element.value:
            self._put(element, Sequence([_nobody()]), "replaced")
        else:
            for item in element.value or ():
                self.clean(item)

    def _value(self, element: DataElement, action: Action | None) -> None:
        keyword, vr = element.keyword, element.VR
        if element.is_empty:
            return
        if action is Action.UID or (vr == "UI" and not _is_kind(keyword)):
            self._uids(element)
        elif self.moves_dates and vr in TIMES and keyword not in NEVER_MOVED:
            self._moved(element)
        elif keyword in NAMED:
            name = self.patient if keyword == "PatientID" else str(element.value)
            self._put(element, self.names.name(name), "replaced")
        elif action is Action.EMPTY:
            self._put(element, None, "emptied")
        elif action is Action.DUMMY or vr in (*TIMES, "PN"):
            self._put(element, stand_in(vr), "replaced")

    def _uids(self, element: DataElement) -> None:
        value = element.value
        many = isinstance(value, MultiValue | list)
        fresh = [self.names.uid(str(uid)) for uid in (value if many else [value])]
        self._put(element, fresh if many else fresh[0], "uids")

    def _moved(self, element: DataElement) -> None:
        """Times of day are kept: without their day they say little."""
        if element.VR not in DATES:
            return
        values = element.value
        many = isinstance(values, MultiValue | list)
        texts = [str(v) for v in (values if many else [values])]
        fresh = [moved(t, self._shift) or stand_in(element.VR) for t in texts]
        self._put(element, fresh if many else fresh[0], "dates")

    def _text_of(self, item: Dataset) -> str:
        concept = item.get("ConceptNameCodeSequence") or [Dataset()]
        if concept[0].get("CodeValue") in NAMING_CONCEPTS:
            return self.names.name(str(item.TextValue))
        return TEXT

    def _put(self, element: DataElement, value: Any, kind: str) -> None:
        element.value = value
        self.done[kind] += 1


def clean(header: Dataset, names: Pseudonyms, *, moves_dates: bool) -> Counter[str]:
    """Clean a header in place and state in it what was done (PS3.3 C.12.1.1.9).

    Returns:
        How many attributes were removed, emptied, replaced; how many UIDs and dates.
    """
    patient = patient_of(header)
    cleaning = Cleaning(names, patient, moves_dates)
    cleaning.clean(header)
    header.PatientName = header.PatientID = names.name(patient)
    header.PatientIdentityRemoved = "YES"
    header.DeidentificationMethod = f"DICOM PS3.15 Basic Profile {EDITION}, Dragonfly"
    used = [code for code in METHODS if code != "113107" or moves_dates]
    header.DeidentificationMethodCodeSequence = Sequence(map(_method, used))
    modified = "MODIFIED" if moves_dates else "REMOVED"
    header.LongitudinalTemporalInformationModified = modified
    return cleaning.done


def patient_of(header: Dataset) -> str:
    """Who it is of, as well as the object says: by number, else by study."""
    number = str(header.get("PatientID") or "").strip()
    issuer = str(header.get("IssuerOfPatientID") or "").strip()
    return f"{issuer}/{number}" if number else str(header.get("StudyInstanceUID", ""))


def _is_known(tag: BaseTag, vr: str) -> bool:
    """Not so for a tag or a form that hides what is in it."""
    if not dictionary_has_tag(tag):
        return int(tag) in ACTIONS
    return vr != "UN" and (vr == "SQ") == (dictionary_VR(tag) == "SQ")


def _is_kind(keyword: str) -> bool:
    return keyword.endswith(KINDS) or keyword in KINDS_TOO


def _nobody() -> Dataset:
    return _code("REMOVED", "99DRAGONFLY", "Removed")


def _method(code: str) -> Dataset:
    return _code(code, "DCM", METHODS[code])


def _code(value: str, scheme: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator = value, scheme
    item.CodeMeaning = meaning
    return item
