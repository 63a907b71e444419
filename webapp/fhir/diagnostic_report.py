"""`DiagnosticReport`: a question that was answered.

Preliminary until a person has reviewed the answer; the product is no diagnosis.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse

from webapp.fhir.observation import answer_id
from webapp.fhir.parts import (
    Json,
    about,
    instant,
    narrative,
    study_of,
    study_reference,
)
from webapp.reviews.models import Review

IMAGING = {
    "coding": [
        {"system": "http://terminology.hl7.org/CodeSystem/v2-0074", "code": "IMG"}
    ]
}


UNREVIEWED = "No person has reviewed this answer."


def diagnostic_report(question: Any, absolute: Callable[[str], str]) -> Json:
    """The newest word as the conclusion, the model's answer and its regions as results.

    Args:
        question: as `webapp.fhir.searches.reports` has it.
        absolute: from a path of this site to its address.
    """
    study = study_of(question)
    reviews: list[Review] = list(question.reviews.all())
    review = reviews[-1] if reviews else None
    answer = question.answer.text.strip()
    words = (review.corrected_answer.strip() if review else "") or answer
    said_at = instant(question.answer.created_at)
    return {
        "resourceType": "DiagnosticReport",
        "id": str(question.pk),
        "meta": {"lastUpdated": instant(question.updated)},
        "text": narrative(question.text, words, "" if review else UNREVIEWED),
        "identifier": [
            {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{question.pk}"}
        ],
        "status": "final" if review else "preliminary",
        "category": [IMAGING],
        "code": {"text": "Answer of a model to a question about a slide"},
        **about(study),
        "effectiveDateTime": said_at,
        "issued": instant(review.created_at) if review else said_at,
        "result": [{"reference": f"Observation/{answer_id(question)}"}],
        **({"imagingStudy": [study_reference(study)]} if study else {}),
        **({"conclusion": words} if words else {}),
        **({"resultsInterpreter": [_reviewer(review)]} if review else {}),
        **_page(question, review, absolute),
    }


def _reviewer(review: Review) -> Json:
    name = review.reviewer.get_full_name() or review.reviewer.username
    return {"type": "Practitioner", "display": name}


def _page(question: Any, review: Review | None, absolute: Callable[[str], str]) -> Json:
    """The PDF, if one was made that tells the newest word."""
    newest = review.pk if review else None
    told = [page for page in question.pages if page.review_id == newest]
    if not told:
        return {}
    made = told[-1]
    page = {
        "contentType": "application/pdf",
        "url": absolute(reverse("api:result-file", args=(made.pk,))),
        "title": "Answer of a model about a slide",
        "creation": instant(made.created_at),
    }
    return {"presentedForm": [page]}
