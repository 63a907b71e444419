"""Changing what a workitem says (PS3.18 section 11.6)."""

from __future__ import annotations

from django.db import transaction

from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.dicomweb.answers import Refused
from webapp.dicomweb.attributes import Json, tag_of
from webapp.worklist import refusals
from webapp.worklist.columns import columns_of
from webapp.worklist.models import Workitem
from webapp.worklist.refusals import WorkitemRefused
from webapp.worklist.services.checking import check_attributes, without

FIXED = (
    "SOPClassUID",
    "SOPInstanceUID",
    "ProcedureStepState",
    "PatientName",
    "PatientID",
    "IssuerOfPatientID",
    "PatientBirthDate",
    "PatientSex",
    "AdmissionID",
    "ReferencedRequestSequence",
)
"""Not to be set again (PS3.4 table CC.2.5-3)."""


def update_workitem(
    pk: int, changes: Json, transaction_uid: str, actor: User, address: str | None
) -> None:
    """Set these attributes; a sequence is replaced as a whole.

    Raises:
        Refused: 400 or 409.
    """
    for keyword in FIXED:
        if tag_of(keyword) in changes:
            raise Refused(400, f"{keyword} cannot be changed.")
    with transaction.atomic():
        item = Workitem.objects.select_for_update().get(pk=pk)
        refuse_update(item, transaction_uid)
        kept = item.attributes | without(changes, "TransactionUID")
        check_attributes(kept)
        item.attributes = dict(sorted(kept.items()))
        for name, value in columns_of(kept).items():
            setattr(item, name, value)
        item.save()
        AuditEvent.record("workitem.update", actor=actor, on=item, address=address)


def refuse_update(item: Workitem, transaction_uid: str) -> None:
    """Anybody's while it waits, the performer's alone once it is claimed."""
    if item.state in Workitem.ENDED:
        raise WorkitemRefused(400, refusals.NOT_FOR_UPDATE)
    if item.state == Workitem.State.SCHEDULED:
        if transaction_uid:
            raise WorkitemRefused(409, refusals.NOT_CLAIMED)
    elif not transaction_uid:
        raise WorkitemRefused(400, refusals.NO_TRANSACTION)
    elif transaction_uid != item.transaction_uid:
        raise WorkitemRefused(400, refusals.WRONG_TRANSACTION)
