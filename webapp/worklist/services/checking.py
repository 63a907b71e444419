"""What a workitem's attributes must be before they are kept (PS3.4 table CC.2.5-3)."""

from __future__ import annotations

from datetime import UTC, datetime

from django.utils import timezone
from pydicom.valuerep import DT

from webapp.dicomweb.answers import Refused
from webapp.dicomweb.attributes import Json, tag_of, text

STARTS_AT = "ScheduledProcedureStepStartDateTime"
VALUES = {
    "ScheduledProcedureStepPriority": ("HIGH", "MEDIUM", "LOW"),
    "InputReadinessState": ("INCOMPLETE", "UNREADY", "READY"),
}
NEEDED = ("ProcedureStepLabel", STARTS_AT, *VALUES)
LONGEST = {"ProcedureStepLabel": 64, "WorklistLabel": 64, "PatientID": 64}


def check_attributes(attributes: Json) -> None:
    """Refuse what could not be kept or shown again as it came.

    Raises:
        Refused: 400.
    """
    for keyword in NEEDED:
        if not text(attributes, keyword):
            raise Refused(400, f"{keyword} is missing or empty.")
    for keyword, allowed in VALUES.items():
        if text(attributes, keyword) not in allowed:
            raise Refused(400, f"{keyword} is one of {', '.join(allowed)}.")
    for keyword, most in LONGEST.items():
        if len(text(attributes, keyword, most + 1)) > most:
            raise Refused(400, f"{keyword} is longer than {most} characters.")
    if moment_of(text(attributes, STARTS_AT, 27)) is None:
        raise Refused(400, f"{STARTS_AT} is no date and time of DICOM.")


def moment_of(stated: str) -> datetime | None:
    """A DT as a point in time, in the site's zone where it names none; None if bad."""
    try:
        found = DT(stated) if 4 <= len(stated) <= 26 else None
    except (ValueError, OverflowError):
        return None
    if found is None:
        return None
    moment = datetime.fromisoformat(found.isoformat())
    return moment if moment.tzinfo else timezone.make_aware(moment)


def stamp() -> str:
    """Now, as a DT."""
    return timezone.now().astimezone(UTC).strftime("%Y%m%d%H%M%S.%f+0000")


def without(attributes: Json, *keywords: str) -> Json:
    left = set(map(tag_of, keywords))
    return {tag: element for tag, element in attributes.items() if tag not in left}
