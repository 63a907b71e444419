"""What of a workitem stands in columns, so that searches can match it."""

from __future__ import annotations

from webapp.dicomweb.attributes import Json, text
from webapp.worklist.dataset import first_item
from webapp.worklist.wanted import wanted_of


def columns_of(attributes: Json) -> dict[str, str | bool]:
    """Values of `Workitem`'s columns."""
    code = first_item(attributes, "ScheduledWorkitemCodeSequence")
    station = first_item(attributes, "ScheduledStationNameCodeSequence")
    request = first_item(attributes, "ReferencedRequestSequence")
    source = first_item(attributes, "InputInformationSequence")
    return {
        "asks": wanted_of(attributes) is not None,
        "label": text(attributes, "ProcedureStepLabel"),
        "worklist_label": text(attributes, "WorklistLabel"),
        "priority": text(attributes, "ScheduledProcedureStepPriority", 16),
        "readiness": text(attributes, "InputReadinessState", 16),
        "starts_at": text(attributes, "ScheduledProcedureStepStartDateTime", 26),
        "patient_id": text(attributes, "PatientID"),
        "patient_name": text(attributes, "PatientName", 400),
        "study_uid": text(source, "StudyInstanceUID"),
        "accession_number": text(request, "AccessionNumber"),
        "workitem_code": text(code, "CodeValue"),
        "station_code": text(station, "CodeValue"),
    }
