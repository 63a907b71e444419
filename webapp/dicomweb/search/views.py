"""The six searches of PS3.18 table 10.6.1-2."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase

from webapp.dicomweb.formats import dicom_answer
from webapp.dicomweb.models import Instance, Series, Study
from webapp.dicomweb.requests import Asked, dicomweb_view
from webapp.dicomweb.search import rows
from webapp.dicomweb.search.keys import INSTANCE, SERIES, STUDY
from webapp.dicomweb.search.query import Query, parse_query

MORE = "There are {} additional results that can be requested"


@dicomweb_view("dicom.search")
def search_studies(asked: Asked) -> HttpResponseBase:
    """Studies of all patients."""
    found = Study.objects.visible_to(asked.user)
    return _page(asked, STUDY, found, ("-date", "-time", "-id"), rows.of_study)


@dicomweb_view("dicom.search")
def search_series(asked: Asked, study: str = "") -> HttpResponseBase:
    """Series of one study or of all."""
    found = Series.objects.visible_to(asked.user).select_related("study")
    if study:
        found = found.filter(study__uid=study)
    return _page(asked, SERIES, found, ("study_id", "number", "id"), rows.of_series)


@dicomweb_view("dicom.search")
def search_instances(
    asked: Asked, study: str = "", series: str = ""
) -> HttpResponseBase:
    """Instances of one series, of one study, or of all."""
    found = Instance.objects.visible_to(asked.user).select_related("series__study")
    if study:
        found = found.filter(series__study__uid=study)
    if series:
        found = found.filter(series__uid=series)
    order = ("series_id", "number", "created_at", "id")
    return _page(asked, INSTANCE, found, order, rows.of_instance)


def _page(
    asked: Asked,
    level: int,
    found: QuerySet[Any],
    order: tuple[str, ...],
    make: rows.Maker,
) -> HttpResponseBase:
    query = parse_query(level, asked.http.GET)
    for text in query.warnings:
        asked.warn(text)
    for where in query.where:
        # One filter each: series of one modality and instances of one class may differ.
        found = found.filter(where)
    found = found.model._default_manager.filter(pk__in=found.values("pk"))
    found = _related(level, found).order_by(*order)
    page = list(found[query.offset : query.offset + query.limit])
    _warn_of_more(asked, query, found, len(page))
    if not page:
        return HttpResponse(status=204)
    return dicom_answer(asked, [make(row, asked.base, query) for row in page])


def _related(level: int, found: QuerySet[Any]) -> QuerySet[Any]:
    if level == INSTANCE:
        return found.select_related("series__study")
    counted: QuerySet[Any]
    if level == SERIES:
        counted = found.annotate(instance_count=Count("instances"))
        return counted.select_related("study")
    counted = found.annotate(
        series_count=Count("series", distinct=True),
        instance_count=Count("series__instances", distinct=True),
    )
    return counted.prefetch_related("series")


def _warn_of_more(asked: Asked, query: Query, found: QuerySet[Any], here: int) -> None:
    if here < query.limit:
        return
    left = found.count() - query.offset - here
    if left > 0:
        asked.warn(MORE.format(left))
