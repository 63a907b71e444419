"""A candidate answers some people first."""

from __future__ import annotations

from django.utils import timezone

from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.training.models import ActivationRequest, ModelVersion, Trial


def open_trial() -> Trial | None:
    """The one that runs now."""
    return Trial.objects.filter(is_open=True).select_related("version").first()


def start_trial(request: ActivationRequest) -> Trial:
    """As it was asked for; one that runs ends."""
    for running in Trial.objects.filter(is_open=True):
        _end(running)
    trial = Trial.objects.create(version=request.version, share=request.share)
    trial.people.set(request.people.all())
    return trial


def end_trial(actor: User, address: str | None = None) -> bool:
    """From now on the active version answers everybody; False if none was running."""
    trial = open_trial()
    if trial is None or not _end(trial):
        return False
    AuditEvent.record("model.end_trial", actor=actor, on=trial.version, address=address)
    return True


def end_trial_of(version: ModelVersion) -> None:
    """It becomes active: the trial has served its purpose."""
    for trial in Trial.objects.filter(version=version, is_open=True):
        _end(trial)


def _end(trial: Trial) -> bool:
    running = Trial.objects.filter(pk=trial.pk, is_open=True)
    return bool(running.update(is_open=False, ended_at=timezone.now()))
