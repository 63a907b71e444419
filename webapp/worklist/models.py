"""`Workitem`: one unified procedure step (PS3.3 section B.26)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from webapp.jobs.models import Job

UID_LENGTH = 64


class WorkitemQuerySet(models.QuerySet["Workitem"]):
    """Workitems by who may see them."""

    def visible_to(self, user: Any) -> WorkitemQuerySet:
        """An account's own; administrators see all."""
        if not getattr(user, "is_authenticated", False):
            return self.none()
        if getattr(user, "is_administrator", False):
            return self.all()
        return self.filter(owner=user)


class Workitem(models.Model):
    """SCHEDULED -> IN PROGRESS -> COMPLETED | CANCELED (PS3.4 section CC.1.1).

    What is matched in searches stands in columns beside `attributes`.
    """

    class State(models.TextChoices):
        SCHEDULED = "SCHEDULED"
        IN_PROGRESS = "IN PROGRESS"
        COMPLETED = "COMPLETED"
        CANCELED = "CANCELED"

    ENDED = (State.COMPLETED, State.CANCELED)

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="workitems"
    )
    uid = models.CharField(max_length=UID_LENGTH)
    state = models.CharField(max_length=16, choices=State, default=State.SCHEDULED)
    transaction_uid = models.CharField(max_length=UID_LENGTH, blank=True)
    """The secret of whoever claimed it; never shown."""
    attributes = models.JSONField(default=dict)
    """In DICOM's JSON model, without the state and the Transaction UID."""
    job = models.OneToOneField(
        Job, null=True, on_delete=models.SET_NULL, related_name="workitem"
    )
    """What the site does for it; null: it was left to others."""
    asks = models.BooleanField(default=False)
    """It names questions for this site."""
    label = models.CharField(max_length=64, blank=True)
    worklist_label = models.CharField(max_length=64, blank=True)
    priority = models.CharField(max_length=16, blank=True)
    readiness = models.CharField(max_length=16, blank=True)
    starts_at = models.CharField(max_length=26, blank=True, db_index=True)
    """As it was sent: digits that compare as time does."""
    patient_id = models.CharField(max_length=64, blank=True, db_index=True)
    patient_name = models.CharField(max_length=400, blank=True)
    study_uid = models.CharField(max_length=UID_LENGTH, blank=True, db_index=True)
    accession_number = models.CharField(max_length=64, blank=True)
    workitem_code = models.CharField(max_length=64, blank=True)
    station_code = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = WorkitemQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = (models.Index(fields=("state",)),)
        constraints = (
            models.UniqueConstraint(fields=("owner", "uid"), name="workitem_once"),
        )

    def __str__(self) -> str:
        return self.uid
