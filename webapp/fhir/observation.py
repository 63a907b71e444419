"""`Observation`: an answer, and each region that the model was given for it."""

from __future__ import annotations

import math

from webapp.fhir.parts import (
    MODEL,
    Json,
    about,
    instant,
    model_of,
    narrative,
    study_of,
    study_reference,
)
from webapp.jobs.results import millimetres
from webapp.questions.models import EvidenceRegion, Question

CATEGORY = {
    "coding": [
        {
            "system": "http://terminology.hl7.org/CodeSystem/observation-category",
            "code": "imaging",
        }
    ]
}
SCORE = "Score, which orders the regions of one question and is no probability"
NOTHING = {
    "coding": [
        {
            "system": "http://terminology.hl7.org/CodeSystem/data-absent-reason",
            "code": "unknown",
        }
    ]
}


def answer_id(question: Question) -> str:
    return str(question.pk)


def region_id(evidence: EvidenceRegion) -> str:
    return f"{evidence.question_id}-{evidence.number}"


def answer_observation(question: Question) -> Json:
    """What was asked, as the code, and what was answered, as the value."""
    words = question.answer.text.strip()
    said = {"valueString": words} if words else {"dataAbsentReason": NOTHING}
    regions = [
        {"reference": f"Observation/{region_id(each)}"}
        for each in question.evidence.all()
    ]
    return {
        **_common(question, answer_id(question), str(question.pk)),
        "text": narrative(question.text, words),
        "code": {"text": question.text},
        **said,
        **({"hasMember": regions} if regions else {}),
    }


def region_observation(evidence: EvidenceRegion) -> Json:
    """A rectangle of the slide, the rule that chose it and its score."""
    question = evidence.question
    parts = [
        _quantity(name, value, "px", "{px}")
        for name, value in evidence.region_fields().items()
    ]
    size = millimetres(question.slide, evidence.region_fields()) or {}
    parts += [_quantity(name, value, "mm", "mm") for name, value in size.items()]
    parts.append(_text("Kind", evidence.kind))
    parts.append(_text("Rule that chose it", evidence.rule))
    if math.isfinite(evidence.score):
        score = {"value": evidence.score}
        parts.append({"code": {"text": SCORE}, "valueQuantity": score})
    return {
        **_common(question, region_id(evidence), f"{question.pk}#{evidence.number}"),
        "text": narrative(f"Region {evidence.number} of an answer"),
        "code": {"text": "Region of a slide that a model was given"},
        "component": parts,
    }


def _common(question: Question, name: str, uri: str) -> Json:
    study = study_of(question)
    said_at = question.answer.created_at
    return {
        "resourceType": "Observation",
        "id": name,
        "meta": {"lastUpdated": instant(said_at)},
        "identifier": [{"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{uri}"}],
        "contained": [model_of(question)],
        "status": "preliminary",
        "category": [CATEGORY],
        **about(study),
        "effectiveDateTime": instant(said_at),
        "issued": instant(said_at),
        "device": {"reference": f"#{MODEL}"},
        **({"derivedFrom": [study_reference(study)]} if study else {}),
    }


def _quantity(name: str, value: float, unit: str, code: str) -> Json:
    """From the upper left corner of level 0, to the right and down."""
    quantity = {
        "value": value,
        "unit": unit,
        "system": "http://unitsofmeasure.org",
        "code": code,
    }
    return {"code": {"text": f"{name} in {unit}"}, "valueQuantity": quantity}


def _text(name: str, value: str) -> Json:
    return {"code": {"text": name}, "valueString": value or "unknown"}
