"""Putting a workitem on the worklist (PS3.18 section 11.4)."""

from __future__ import annotations

import uuid

from django.db import IntegrityError, transaction

from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.dicomweb.answers import Refused
from webapp.dicomweb.attributes import Json, tag_of, text
from webapp.worklist.columns import columns_of
from webapp.worklist.dataset import element
from webapp.worklist.models import Workitem
from webapp.worklist.representation import is_uid
from webapp.worklist.services.checking import check_attributes, without

OURS = ("SOPClassUID", "SOPInstanceUID", "AffectedSOPInstanceUID", "TransactionUID")
MUST_BE_EMPTY = (
    "TransactionUID",
    "ProcedureStepProgressInformationSequence",
    "UnifiedProcedureStepPerformedProcedureSequence",
)
EMPTY_WHERE_MISSING = {
    "ScheduledProcessingParametersSequence": "SQ",
    "ScheduledStationNameCodeSequence": "SQ",
    "InputInformationSequence": "SQ",
    "PatientName": "PN",
    "PatientID": "LO",
    "PatientBirthDate": "DA",
    "PatientSex": "CS",
    "AdmissionID": "LO",
    "ReferencedRequestSequence": "SQ",
}
"""Attributes of type 2, which senders forget and readers need not miss."""
WORKLIST = "Dragonfly"
"""The label of a worklist where none is named."""


def create_workitem(
    owner: User, attributes: Json, named: str, address: str | None
) -> tuple[Workitem, bool]:
    """The new workitem, and whether the site completed what was sent.

    Args:
        named: the UID that the address gives; "" for none.

    Raises:
        Refused: 400; 409, this account has one with that UID.
    """
    uid = named or text(attributes, "SOPInstanceUID") or f"2.25.{uuid.uuid4().int}"
    _check(attributes, uid)
    kept, is_modified = _completed(attributes)
    check_attributes(kept)
    try:
        with transaction.atomic():
            item = Workitem.objects.create(
                owner=owner, uid=uid, attributes=kept, **columns_of(kept)
            )
            AuditEvent.record("workitem.create", actor=owner, on=item, address=address)
    except IntegrityError:
        raise Refused(409, "The Target Workitem already exists.") from None
    return item, is_modified


def _check(attributes: Json, uid: str) -> None:
    if not is_uid(uid):
        raise Refused(400, "The workitem is not named by a UID.")
    inner = text(attributes, "SOPInstanceUID")
    if inner and inner != uid:
        raise Refused(400, "The address and the data set name different workitems.")
    if text(attributes, "ProcedureStepState") != Workitem.State.SCHEDULED:
        raise Refused(400, "The provided value of UPS State was not SCHEDULED.")
    for keyword in MUST_BE_EMPTY:
        if attributes.get(tag_of(keyword), {}).get("Value"):
            raise Refused(400, f"{keyword} is empty in a new workitem.")


def _completed(attributes: Json) -> tuple[Json, bool]:
    kept = without(attributes, *OURS, "ProcedureStepState")
    added: Json = {
        tag_of(keyword): element(vr)
        for keyword, vr in EMPTY_WHERE_MISSING.items()
        if tag_of(keyword) not in kept
    }
    if not text(kept, "WorklistLabel"):
        added[tag_of("WorklistLabel")] = element("LO", WORKLIST)
    return kept | added, bool(added)
