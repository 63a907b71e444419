"""Finding workitems (PS3.18 section 11.9, matching as in PS3.4 section C.2.2.2)."""

from __future__ import annotations

import re

from django.db.models import Q, QuerySet

from webapp.dicomweb.answers import Refused
from webapp.dicomweb.requests import Asked
from webapp.dicomweb.search import matching
from webapp.dicomweb.search.keys import Matcher, keyword_of
from webapp.dicomweb.search.query import LIMIT, MOST
from webapp.worklist.models import Workitem

MORE = "There are {} additional results that can be requested"
LITERAL = "The {} parameter is not supported. Only literal matching has been performed."
FLAGS = ("fuzzymatching", "emptyvaluematching", "multiplevaluematching")
_MOMENT = re.compile(r"\d{4,14}(\.\d{1,6})?([+-]\d{4})?")


def moments(path: str, value: str) -> Q:
    """A date and time, or a range of them; zones are not converted."""
    first, dash, last = value.partition("-")
    last = last if dash else first
    ends = [end for end in (first, last) if end]
    if not ends or not all(map(_MOMENT.fullmatch, ends)):
        raise Refused(400, "A date and time of the search is not one.")
    found = Q(**{f"{path}__gte": first}) if first else Q()
    return found & Q(**{f"{path}__lte": f"{last}~"}) if last else found


KEYS: dict[str, tuple[str, Matcher]] = {
    "SOPInstanceUID": ("uid", matching.uid),
    "ProcedureStepState": ("state", matching.texts),
    "ProcedureStepLabel": ("label", matching.text),
    "WorklistLabel": ("worklist_label", matching.text),
    "ScheduledProcedureStepPriority": ("priority", matching.texts),
    "InputReadinessState": ("readiness", matching.texts),
    "ScheduledProcedureStepStartDateTime": ("starts_at", moments),
    "PatientID": ("patient_id", matching.text),
    "PatientName": ("patient_name", matching.name),
    "StudyInstanceUID": ("study_uid", matching.uid),
    "InputInformationSequence.StudyInstanceUID": ("study_uid", matching.uid),
    "ReferencedRequestSequence.AccessionNumber": ("accession_number", matching.text),
    "ScheduledWorkitemCodeSequence.CodeValue": ("workitem_code", matching.text),
    "ScheduledStationNameCodeSequence.CodeValue": ("station_code", matching.text),
}


def search(asked: Asked, found: QuerySet[Workitem]) -> list[Workitem]:
    """One page of those that match; Warning headers say what was left out.

    Raises:
        Refused: 400 or 413.
    """
    limit, offset = LIMIT, 0
    for name, values in asked.http.GET.lists():
        value = values[-1]
        if name == "limit":
            limit = min(_whole(name, value), MOST)
        elif name == "offset":
            offset = _whole(name, value)
        elif name in FLAGS:
            _flag(asked, name, value)
        elif name == "includefield":
            _check_fields(values)
        elif name != "accept":
            found = found.filter(_condition(asked, name, values))
    page = list(found[offset : offset + limit])
    left = found.count() - offset - len(page) if len(page) == limit else 0
    if left > 0:
        asked.warn(MORE.format(left))
    return page


def _condition(asked: Asked, name: str, values: list[str]) -> Q:
    if len(values) > 1:
        raise Refused(400, "A query parameter is there more than once.")
    if "\0" in values[0]:
        raise Refused(400, "A query parameter holds a zero, which no text may.")
    keyword = keyword_of(name)
    if not values[0]:
        return Q()
    key = KEYS.get(keyword)
    if key is None:
        asked.warn(f"{keyword} cannot be matched and was left out.")
        return Q()
    column, matcher = key
    return matcher(column, values[0])


def _check_fields(values: list[str]) -> None:
    """All that is known is shown anyway."""
    for name in ",".join(values).split(","):
        if name and name != "all":
            keyword_of(name)


def _flag(asked: Asked, name: str, value: str) -> None:
    if value not in ("true", "false"):
        raise Refused(400, f"{name} is true or false.")
    if value == "true":
        asked.warn(LITERAL.format(name))


def _whole(name: str, value: str) -> int:
    if not value.isascii() or not value.isdigit() or len(value) > 9:
        raise Refused(400, f"{name} is a whole number from 0.")
    return int(value)
