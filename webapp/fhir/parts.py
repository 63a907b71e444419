"""Pieces that several resources have: identifiers, references, the model, the words."""

from __future__ import annotations

from datetime import date, datetime
from html import escape
from typing import Any

from django.conf import settings

from webapp.dicomweb.models import Series, Study
from webapp.questions.models import Question

Json = dict[str, Any]
MODEL = "model"


def uid_identifier(uid: str) -> Json:
    """A DICOM UID (FHIR R4, ImagingStudy 8.17.5)."""
    return {"system": "urn:dicom:uid", "value": f"urn:oid:{uid}"}


def patient_of(study: Study) -> Json:
    """Named by number, as there is no Patient to read here."""
    if study.patient_id:
        return {"type": "Patient", "identifier": {"value": study.patient_id}}
    return {"type": "Patient", "display": "Not stated"}


def study_of(question: Any) -> Study | None:
    """The study whose series is the slide that was asked about, if the caller sees it.

    Args:
        question: as `webapp.fhir.searches.told_with_study` has it.
    """
    seen: list[Series] = question.slide.seen_series
    return seen[0].study if seen else None


def about(study: Study | None) -> Json:
    """`subject` of what was said of a study."""
    return {"subject": patient_of(study)} if study else {}


def study_reference(study: Study) -> Json:
    return {"reference": f"ImagingStudy/{study.uid}", "type": "ImagingStudy"}


def model_of(question: Question) -> Json:
    """Who answered: the model version as a contained Device."""
    version = question.model_version
    device: Json = {"resourceType": "Device", "id": MODEL}
    if version is None:
        return device
    return device | {
        "identifier": [{"value": version.digest}],
        "deviceName": [{"name": version.name, "type": "model-name"}],
        "version": [{"value": version.digest}],
    }


def day_of(text: str) -> str | None:
    """A DICOM date as FHIR writes it; None if it is none."""
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8])).isoformat()
    except ValueError:
        return None


def instant(at: datetime) -> str:
    """To the millisecond, with its zone."""
    return at.isoformat(timespec="milliseconds")


def narrative(*paragraphs: str) -> Json:
    """What a person is shown who knows nothing else of the resource."""
    texts = "".join(f"<p>{escape(text)}</p>" for text in paragraphs if text)
    use = f"<p>{escape(str(settings.INTENDED_USE))}</p>"
    xhtml = f'<div xmlns="http://www.w3.org/1999/xhtml">{texts}{use}</div>'
    return {"status": "generated", "div": xhtml}
