"""Two administrators decide together which version answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from django.db import IntegrityError, transaction
from django.utils import timezone

from dragonfly.errors import DragonflyError
from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.training.gate import checks_of
from webapp.training.models import ActivationRequest, ModelVersion
from webapp.training.services.activating import (
    activate_model_version,
    active_model_version,
)
from webapp.training.services.trying import start_trial

State = ActivationRequest.State


def ask_for_activation(
    version: ModelVersion,
    asked_by: User,
    *,
    reason: str = "",
    share: int = ActivationRequest.EVERYBODY,
    people: Sequence[User] = (),
    address: str | None = None,
) -> ActivationRequest:
    """Ask another administrator to let a version answer, everybody or some first.

    Args:
        share: percent of the people who get its answers; 100 makes it the active one.
        people: who gets them whatever the share.

    Raises:
        DragonflyError: MODEL_ACTIVE_ALREADY, SHARE_INVALID, REASON_NEEDED when a rule
            is not met, or ACTIVATION_ASKED_ALREADY.
    """
    active = active_model_version()
    if active == version:
        raise DragonflyError("MODEL_ACTIVE_ALREADY", "This version answers already.")
    if not 0 <= share <= ActivationRequest.EVERYBODY or not (share or people):
        raise DragonflyError(
            "SHARE_INVALID",
            "Say which share of the people gets its answers, in percent, or name them.",
        )
    checks = checks_of(version)
    if not reason.strip() and not all(check.is_met for check in checks):
        raise DragonflyError(
            "REASON_NEEDED",
            "A rule is not met. Write why it should answer all the same.",
        )
    try:
        with transaction.atomic():
            request = ActivationRequest.objects.create(
                version=version,
                replacing=active,
                share=share,
                checks=[asdict(check) for check in checks],
                reason=reason.strip(),
                asked_by=asked_by,
            )
            request.people.set(people)
            AuditEvent.record(
                "model.ask_activation",
                actor=asked_by,
                on=version,
                address=address,
                share=share,
            )
    except IntegrityError:
        raise DragonflyError(
            "ACTIVATION_ASKED_ALREADY", "This version waits for a decision already."
        ) from None
    return request


def approve(
    request: ActivationRequest,
    by: User,
    *,
    note: str = "",
    address: str | None = None,
) -> None:
    """The second administrator agrees: the version answers from the next question on.

    Raises:
        DragonflyError: SECOND_ADMINISTRATOR_NEEDED, ACTIVATION_DECIDED, or
            MODEL_CHANGED when another version has become active since it was asked.
    """
    if request.asked_by_id == by.pk:
        raise DragonflyError(
            "SECOND_ADMINISTRATOR_NEEDED",
            "You asked for this yourself. Another administrator has to agree.",
        )
    with transaction.atomic():
        _decide(request, State.APPROVED, by, note, address)
        if request.is_for_everybody:
            activate_model_version(
                request.version,
                replacing=request.replacing,
                actor=by,
                address=address,
            )
        else:
            start_trial(request)


def refuse(
    request: ActivationRequest,
    by: User,
    *,
    note: str = "",
    address: str | None = None,
) -> None:
    """Nothing changes; who asked may take it back so.

    Raises:
        DragonflyError: ACTIVATION_DECIDED.
    """
    with transaction.atomic():
        _decide(request, State.REFUSED, by, note, address)


def _decide(
    request: ActivationRequest, state: State, by: User, note: str, address: str | None
) -> None:
    waiting = ActivationRequest.objects.filter(pk=request.pk, state=State.WAITING)
    if not waiting.update(
        state=state, decided_by=by, decided_at=timezone.now(), decision=note.strip()
    ):
        raise DragonflyError(
            "ACTIVATION_DECIDED", "Somebody has decided on this already."
        )
    AuditEvent.record(
        f"model.{state.value}",
        actor=by,
        on=request.version,
        address=address,
        asked_by=request.asked_by.username,
        share=request.share,
    )
