"""Asking that a workitem be canceled (PS3.18 section 11.8)."""

from __future__ import annotations

from django.db import transaction

from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.dicomweb.attributes import Json, tag_of, text
from webapp.jobs.services import cancel_job
from webapp.worklist import refusals
from webapp.worklist.models import Workitem
from webapp.worklist.refusals import WorkitemRefused
from webapp.worklist.services.states import canceled

State = Workitem.State
LONGEST_REASON = 10_240


def request_cancellation(pk: int, wish: Json, actor: User, address: str | None) -> bool:
    """Cancel what waits and what the site does itself; False if it was canceled.

    Raises:
        Refused: 409.
    """
    with transaction.atomic():
        item = Workitem.objects.select_for_update().get(pk=pk)
        if item.state == State.CANCELED:
            return False
        if item.state == State.COMPLETED:
            raise WorkitemRefused(409, refusals.IS_COMPLETED)
        if item.state == State.IN_PROGRESS and item.job is None:
            raise WorkitemRefused(409, refusals.NOBODY_TO_ASK)
        codes = wish.get(tag_of("ProcedureStepDiscontinuationReasonCodeSequence"))
        reason = text(wish, "ReasonForCancellation", LONGEST_REASON)
        item.attributes |= canceled(item.attributes, reason, codes)
        if item.job is None:
            item.state = State.CANCELED
        item.save()
        AuditEvent.record("workitem.cancel", actor=actor, on=item, address=address)
        if item.job is not None and not cancel_job(item.job, actor, address=address):
            raise WorkitemRefused(409, refusals.IS_COMPLETED)
    return True
