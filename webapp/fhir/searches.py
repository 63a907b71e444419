"""What each type can be searched by: conditions on rows that the caller sees.

A row has `at` and `updated` beside its own columns: when it came to be, by which pages
are cut, and when its resource changed last. What its resource tells besides is fetched
for a whole page at once.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import F, Max, Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce, Greatest

from webapp.dicomweb.models import Series, Study
from webapp.fhir.parameters import Parameters, moments, token_of
from webapp.questions.models import EvidenceRegion, Question
from webapp.results.models import ResultObject
from webapp.reviews.models import Review

Rows = QuerySet[Any]
PATIENT = (
    "patient",
    "patient:identifier",
    "patient.identifier",
    "subject",
    "subject:identifier",
    "subject.identifier",
)
UID_SYSTEM, URI_SYSTEM = "urn:dicom:uid", "urn:ietf:rfc:3986"
NOTHING = Q(pk__in=())
IS_PAGE = Q(results__kind=ResultObject.Kind.PDF)
OBSERVATION = re.compile(r"([0-9a-fA-F-]{36})(?:[-#]([0-9]{1,9}))?")


def any_of(conditions: list[Q]) -> Q:
    """One of them holds; of none, nothing fits."""
    return reduce(or_, conditions, NOTHING)


def filtered(rows: Rows, choices: list[list[Q]]) -> Rows:
    """Each choice leaves those for which one of its conditions holds."""
    for choice in choices:
        rows = rows.filter(any_of(choice))
    return rows


def each(
    params: Parameters, names: tuple[str, ...], condition: Callable[[str], Q]
) -> list[list[Q]]:
    """The choices that these parameters name."""
    return [[condition(text) for text in choice] for choice in params.values(*names)]


def updated_within(rows: Rows, params: Parameters) -> Rows:
    """By `_lastUpdated`."""
    spans = moments(params, "_lastUpdated")
    return filtered(rows, [[s.condition("updated") for s in some] for some in spans])


def told_with_study(rows: Rows, user: Any, slide: str) -> Rows:
    """Rows whose slides have `seen_series`: the series that the user sees them as."""
    seen = Series.objects.visible_to(user).order_by("pk").select_related("study")
    wanted = Prefetch(f"{slide}__series", seen, to_attr="seen_series")
    return rows.select_related(slide).prefetch_related(wanted)


def studies(user: Any) -> Rows:
    """With `seen_series`, those that the user sees.

    Where two accounts sent one study to somebody who sees both, the newer.
    """
    seen = Study.objects.visible_to(user)
    newest = seen.order_by().values("uid").annotate(newest=Max("pk")).values("newest")
    found = Study.objects.filter(pk__in=newest)
    changed = Coalesce(Max("series__instances__created_at"), F("created_at"))
    series = Series.objects.visible_to(user).order_by("pk")
    wanted = series.prefetch_related("instances")
    return found.annotate(at=F("created_at"), updated=changed).prefetch_related(
        Prefetch("series", wanted, to_attr="seen_series")
    )


def find_studies(user: Any, params: Parameters) -> Rows:
    """ImagingStudy."""
    spans = moments(params, "started")
    choices = [
        *each(params, ("_id",), lambda text: Q(uid=text)),
        *each(params, PATIENT, lambda text: Q(patient_id=number_of(text))),
        *each(params, ("identifier",), is_study),
        *[[span.condition_on_day("date") for span in some] for some in spans],
        *each(params, ("modality",), has_modality),
    ]
    return updated_within(filtered(studies(user), choices), params)


def is_study(text: str) -> Q:
    """By its UID, or by its accession number, which has no system."""
    system, code = token_of(text)
    uid = Q(uid=code.removeprefix("urn:oid:"))
    accession = Q(accession_number=code) if code else NOTHING
    if system == UID_SYSTEM:
        return uid
    if system == "":
        return accession
    if system is None:
        return uid | accession
    return NOTHING


def has_modality(text: str) -> Q:
    """One of its series was made so."""
    return Q(pk__in=Series.objects.filter(modality=token_of(text)[1]).values("study"))


def number_of(text: str) -> str:
    """The patient's number: there is no Patient to read here, so it stands for one."""
    return token_of(text)[1].removeprefix("Patient/")


def answered(user: Any) -> QuerySet[Question]:
    """Questions that this user sees and that have an answer."""
    seen = Question.objects.visible_to(user).filter(state=Question.State.ANSWERED)
    return seen.filter(answer__isnull=False).select_related("answer", "model_version")


def of_patient(user: Any, slide: str) -> Callable[[str], Q]:
    """Said of a slide whose series the caller sees in a study of this patient."""
    seen = Series.objects.visible_to(user)

    def condition(text: str) -> Q:
        theirs = seen.filter(study__patient_id=number_of(text), slide__isnull=False)
        return Q(**{f"{slide}__in": theirs.values("slide")})

    return condition


def reports(user: Any) -> Rows:
    """A report is another one once it was reviewed, and once its PDF was made.

    Rows have all their reviews, the oldest first, and `pages`, their PDFs.
    """
    said = F("answer__created_at")
    pages = ResultObject.objects.filter(kind=ResultObject.Kind.PDF).order_by("version")
    reviews = Review.objects.order_by("created_at", "pk").select_related("reviewer")
    found = Question.objects.filter(pk__in=answered(user).order_by().values("pk"))
    rows = found.select_related("answer").annotate(
        at=said,
        updated=Greatest(
            Coalesce(Max("reviews__created_at"), said),
            Coalesce(Max("results__created_at", filter=IS_PAGE), said),
        ),
    )
    told = rows.prefetch_related(
        Prefetch("reviews", reviews), Prefetch("results", pages, to_attr="pages")
    )
    return told_with_study(told, user, "slide")


def find_reports(user: Any, params: Parameters) -> Rows:
    """DiagnosticReport."""
    dates = moments(params, "date")
    choices = [
        *each(params, ("_id",), is_question),
        *each(params, PATIENT, of_patient(user, "slide")),
        *each(params, ("identifier",), is_report),
        *[[span.condition("at") for span in some] for some in dates],
        *each(params, ("status",), has_status),
    ]
    return updated_within(filtered(reports(user), choices), params)


def has_status(text: str) -> Q:
    """Final from the first review on."""
    is_final = {"final": False, "preliminary": True}.get(token_of(text)[1])
    return NOTHING if is_final is None else Q(reviews__isnull=is_final)


def is_question(text: str) -> Q:
    """By its id; whatever is no id fits nothing."""
    try:
        return Q(pk=uuid.UUID(text))
    except ValueError:
        return NOTHING


def is_report(text: str) -> Q:
    """By the identifier of a report."""
    system, code = token_of(text)
    known = system in (None, URI_SYSTEM) and code.startswith("urn:uuid:")
    return is_question(code.removeprefix("urn:uuid:")) if known else NOTHING


def answers(user: Any) -> Rows:
    """With all their regions."""
    rows = answered(user).annotate(at=F("answer__created_at"), updated=F("at"))
    return told_with_study(rows.prefetch_related("evidence"), user, "slide")


def find_answers(user: Any, params: Parameters) -> Rows:
    """Observation: the answers themselves."""
    return _observed(answers(user), user, params, "slide", is_answer)


def regions(user: Any) -> Rows:
    """Of all answers."""
    rows = EvidenceRegion.objects.filter(
        question__in=answered(user).order_by().values("pk")
    ).annotate(at=F("question__answer__created_at"), updated=F("at"))
    told = rows.select_related("question__answer", "question__model_version")
    return told_with_study(told, user, "question__slide")


def find_regions(user: Any, params: Parameters) -> Rows:
    """Observation: the regions of the answers."""
    return _observed(regions(user), user, params, "question__slide", is_region)


def _observed(
    rows: Rows, user: Any, params: Parameters, slide: str, named: Callable[[str], Q]
) -> Rows:
    choices = [
        *each(params, ("_id",), named),
        *each(params, PATIENT, of_patient(user, slide)),
        *each(params, ("identifier",), lambda text: named_by_uri(text, named)),
        *[[one.condition("at") for one in some] for some in moments(params, "date")],
    ]
    return updated_within(filtered(rows, choices), params)


def is_answer(text: str) -> Q:
    """By the id of its question alone."""
    found = OBSERVATION.fullmatch(text)
    return is_question(found[1]) if found and found[2] is None else NOTHING


def is_region(text: str) -> Q:
    """By the id of its question and its number."""
    found = OBSERVATION.fullmatch(text)
    if found is None or found[2] is None:
        return NOTHING
    try:
        return Q(question=uuid.UUID(found[1]), number=int(found[2]))
    except ValueError:
        return NOTHING


def named_by_uri(text: str, named: Callable[[str], Q]) -> Q:
    """By the identifier, which is the id as a URN."""
    system, code = token_of(text)
    known = system in (None, URI_SYSTEM) and code.startswith("urn:uuid:")
    return named(code.removeprefix("urn:uuid:")) if known else NOTHING
