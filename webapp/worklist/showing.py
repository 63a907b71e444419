"""A workitem as a data set: what was said of it, its state, and what the site did."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.urls import reverse

from webapp.dicomweb.addresses import ROOT, series_at
from webapp.dicomweb.attributes import Json, tag_of
from webapp.jobs.models import Job
from webapp.jobs.progress import progress_of, stage_of
from webapp.results.making.scheme import SCHEME
from webapp.results.models import ResultObject
from webapp.worklist.dataset import code_item, element, first_item, items
from webapp.worklist.models import Workitem
from webapp.worklist.services.states import PERFORMED, PROGRESS

PUSH = "1.2.840.10008.5.1.4.34.6.1"
"""The Unified Procedure Step's SOP class."""
STATION = ("dragonfly", SCHEME, "Dragonfly for pathology")


def brief(item: Workitem, base: str) -> Json:
    """As a result of a search; without what was made of it."""
    stamp = item.changed_at.strftime("%Y%m%d%H%M%S.%f+0000")
    own = {
        "SOPClassUID": element("UI", PUSH),
        "SOPInstanceUID": element("UI", item.uid),
        "ProcedureStepState": element("CS", item.state),
        "ScheduledProcedureStepModificationDateTime": element("DT", stamp),
    }
    if item.job:
        own[PROGRESS] = element("SQ", _progress(item, item.job, base))
    found = item.attributes | _tagged(own)
    return dict(sorted(found.items()))


def whole(item: Workitem, base: str, user: Any) -> Json:
    """As it is retrieved; the Transaction UID is nobody's to see."""
    found = brief(item, base)
    if item.job:
        performed = _performed(item, item.job, base, user)
        found |= _tagged({PERFORMED: element("SQ", performed)})
    return dict(sorted(found.items()))


def _tagged(named: Json) -> Json:
    return {tag_of(keyword): each for keyword, each in named.items()}


def _progress(item: Workitem, job: Job, base: str) -> Json:
    """How far the job is, and where to read its result."""
    address = reverse("api:job-result", args=(job.pk,))
    origin = base.removesuffix(ROOT.rstrip("/"))
    contact = {
        "ContactURI": element("UR", f"{origin}{address}"),
        "ContactDisplayName": element("LO", "Result of the job"),
    }
    told = {
        "ProcedureStepProgress": element("DS", round(100 * progress_of(job), 1)),
        "ProcedureStepProgressDescription": element("ST", stage_of(job)),
        "ProcedureStepCommunicationsURISequence": element("SQ", _tagged(contact)),
    }
    known = first_item(item.attributes, PROGRESS)
    return dict(sorted((known | _tagged(told)).items()))


def _performed(item: Workitem, job: Job, base: str, user: Any) -> Json:
    """What the site did, and which objects came of it so far."""
    code = items(item.attributes, "ScheduledWorkitemCodeSequence")
    told = {
        "PerformedStationNameCodeSequence": element("SQ", code_item(*STATION)),
        "PerformedWorkitemCodeSequence": element("SQ", *code),
        "PerformedProcedureStepStartDateTime": _moment(job.started_at),
        "PerformedProcedureStepEndDateTime": _moment(job.ended_at),
        "OutputInformationSequence": element("SQ", *_outputs(job, base, user)),
    }
    return dict(sorted(_tagged(told).items()))


def _moment(at: Any) -> Json:
    return element("DT", at.strftime("%Y%m%d%H%M%S.%f+0000")) if at else element("DT")


def _outputs(job: Job, base: str, user: Any) -> list[Json]:
    results = ResultObject.objects.visible_to(user).filter(question__job_items__job=job)
    found = results.select_related("instance__series__study").distinct()
    instances = [each.instance for each in found.order_by("instance__series_id", "pk")]
    grouped = groupby(instances, key=lambda each: each.series)
    return [_output(series, list(group), base) for series, group in grouped]


def _output(series: Any, instances: list[Any], base: str) -> Json:
    study = series.study.uid
    objects = [
        _tagged(
            {
                "ReferencedSOPClassUID": element("UI", each.sop_class),
                "ReferencedSOPInstanceUID": element("UI", each.uid),
            }
        )
        for each in instances
    ]
    address = _tagged(
        {"RetrieveURL": element("UR", series_at(base, study, series.uid))}
    )
    told = {
        "TypeOfInstances": element("CS", "DICOM"),
        "StudyInstanceUID": element("UI", study),
        "SeriesInstanceUID": element("UI", series.uid),
        "ReferencedSOPSequence": element("SQ", *objects),
        "WADORSRetrievalSequence": element("SQ", address),
    }
    return dict(sorted(_tagged(told).items()))
