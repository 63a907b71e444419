"""Claiming, completing and canceling a workitem (PS3.18 section 11.7)."""

from __future__ import annotations

from django.db import transaction

from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.dicomweb.answers import Refused
from webapp.dicomweb.attributes import Json, tag_of, text
from webapp.worklist import refusals
from webapp.worklist.dataset import code_item, element, first_item, items
from webapp.worklist.models import Workitem
from webapp.worklist.refusals import WorkitemRefused
from webapp.worklist.representation import is_uid
from webapp.worklist.services.checking import stamp

State = Workitem.State
WISHES = (State.IN_PROGRESS, *Workitem.ENDED)
PERFORMED = "UnifiedProcedureStepPerformedProcedureSequence"
PROGRESS = "ProcedureStepProgressInformationSequence"
NEEDED_AT_THE_END = (
    "PerformedStationNameCodeSequence",
    "PerformedWorkitemCodeSequence",
    "PerformedProcedureStepStartDateTime",
    "PerformedProcedureStepEndDateTime",
)
"""Final state requirement P of PS3.4 table CC.2.5-3."""
UNSPECIFIED = ("110513", "DCM", "Discontinued for unspecified reason")


def change_state(pk: int, wish: Json, actor: User, address: str | None) -> bool:
    """False when it was in the wished state already.

    Raises:
        Refused: 400 or 409.
    """
    state, uid = text(wish, "ProcedureStepState"), text(wish, "TransactionUID", 65)
    if not uid:
        raise WorkitemRefused(400, refusals.NO_TRANSACTION)
    if not is_uid(uid):
        raise WorkitemRefused(400, refusals.WRONG_TRANSACTION)
    if state not in WISHES:
        raise Refused(400, f"ProcedureStepState is one of {', '.join(WISHES)}.")
    with transaction.atomic():
        item = Workitem.objects.select_for_update().get(pk=pk)
        if state == State.IN_PROGRESS:
            _claim(item, uid)
        elif not _may_end(item, state, uid):
            return False
        elif state == State.CANCELED:
            item.attributes |= canceled(item.attributes)
        item.state = State(state)
        item.save()
        AuditEvent.record(
            "workitem.state", actor=actor, on=item, address=address, state=state
        )
    return True


def _claim(item: Workitem, uid: str) -> None:
    if item.state != State.SCHEDULED:
        raise WorkitemRefused(409, refusals.INCONSISTENT, f"It is {item.state}.")
    item.transaction_uid = uid


def _may_end(item: Workitem, state: str, uid: str) -> bool:
    if item.state == State.SCHEDULED:
        raise WorkitemRefused(409, refusals.INCONSISTENT, "It is not yet IN PROGRESS.")
    if uid != item.transaction_uid:
        raise WorkitemRefused(400, refusals.WRONG_TRANSACTION)
    if item.state == state:
        return False
    if item.state in Workitem.ENDED:
        raise WorkitemRefused(409, refusals.INCONSISTENT, f"It is {item.state}.")
    if state == State.COMPLETED:
        _refuse_unfinished(item.attributes)
    return True


def _refuse_unfinished(attributes: Json) -> None:
    done = items(attributes, PERFORMED)
    lacking = [
        keyword
        for keyword in NEEDED_AT_THE_END
        if not done
        or not all(each.get(tag_of(keyword), {}).get("Value") for each in done)
    ]
    if lacking:
        words = f"Before it is COMPLETED it needs {', '.join(lacking)}."
        raise WorkitemRefused(409, refusals.INCONSISTENT, words)


def canceled(attributes: Json, reason: str = "", codes: Json | None = None) -> Json:
    """The progress sequence with when and why it was discontinued, as far as unsaid."""
    known = first_item(attributes, PROGRESS)
    told = {
        tag_of("ProcedureStepCancellationDateTime"): element("DT", stamp()),
        tag_of("ProcedureStepDiscontinuationReasonCodeSequence"): codes
        or element("SQ", code_item(*UNSPECIFIED)),
    }
    if reason:
        told[tag_of("ReasonForCancellation")] = element("LT", reason)
    said = {tag: each for tag, each in known.items() if each.get("Value")}
    return {tag_of(PROGRESS): element("SQ", dict(sorted((told | said).items())))}
