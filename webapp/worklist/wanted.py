"""What a workitem asks of this site, if it asks anything.

A question is a text among its processing parameters whose concept is our code for
questions; what it is about is its one item of input.
"""

from __future__ import annotations

from typing import NamedTuple

from webapp.dicomweb.attributes import Json, text
from webapp.results.making.scheme import SCHEME
from webapp.worklist.dataset import first_item, items

QUESTION = ("question", SCHEME)
"""Code Value and Coding Scheme Designator, as our reports have them."""


class Wanted(NamedTuple):
    """Questions about one series, or about one study where no series is named."""

    questions: tuple[str, ...]
    study: str
    series: str
    instance: str


def wanted_of(attributes: Json) -> Wanted | None:
    """None if nothing is asked, or not about one thing."""
    questions = tuple(filter(None, map(_question, _parameters(attributes))))
    inputs = items(attributes, "InputInformationSequence")
    named = {_place(item) for item in inputs}
    if not questions or len(named) != 1:
        return None
    study, series = named.pop()
    object_ = first_item(inputs[0], "ReferencedSOPSequence")
    instance = "" if series else text(object_, "ReferencedSOPInstanceUID")
    return Wanted(questions, study, series, instance) if study else None


def _parameters(attributes: Json) -> list[Json]:
    return items(attributes, "ScheduledProcessingParametersSequence")


def _place(item: Json) -> tuple[str, str]:
    return text(item, "StudyInstanceUID"), text(item, "SeriesInstanceUID")


def _question(parameter: Json) -> str:
    concept = first_item(parameter, "ConceptNameCodeSequence")
    code = text(concept, "CodeValue"), text(concept, "CodingSchemeDesignator")
    is_question = text(parameter, "ValueType") == "TEXT" and code == QUESTION
    return text(parameter, "TextValue", 10_000).strip() if is_question else ""
