"""`DiagnosticReport`: a question that was answered. Always preliminary.

No person signs here, and the product is no diagnosis.
"""

from __future__ import annotations

from typing import Any

from webapp.fhir.observation import answer_id
from webapp.fhir.parts import (
    Json,
    about,
    instant,
    narrative,
    study_of,
    study_reference,
)
from webapp.questions.models import Question

IMAGING = {
    "coding": [
        {"system": "http://terminology.hl7.org/CodeSystem/v2-0074", "code": "IMG"}
    ]
}


def diagnostic_report(question: Question, user: Any) -> Json:
    """The answer as the conclusion, the answer and its regions as results."""
    study = study_of(question, user)
    words = question.answer.text.strip()
    said_at = instant(question.answer.created_at)
    return {
        "resourceType": "DiagnosticReport",
        "id": str(question.pk),
        "text": narrative(question.text, words),
        "identifier": [
            {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{question.pk}"}
        ],
        "status": "preliminary",
        "category": [IMAGING],
        "code": {"text": "Answer of a model to a question about a slide"},
        **about(study),
        "effectiveDateTime": said_at,
        "issued": said_at,
        "result": [{"reference": f"Observation/{answer_id(question)}"}],
        **({"imagingStudy": [study_reference(study)]} if study else {}),
        **({"conclusion": words} if words else {}),
    }
