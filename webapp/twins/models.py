"""`Twin`: the DICOM series that was written of a slide that did not come as DICOM."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models

from webapp.dicomweb.models import UID_LENGTH, Instance
from webapp.slides.models import Slide


class TwinQuerySet(models.QuerySet["Twin"]):
    """Twins by who may see them."""

    def visible_to(self, user: Any) -> TwinQuerySet:
        """Of slides that this user owns; administrators see all.

        To see a slide that somebody shares is not to have copies of it made.
        """
        seen = self.filter(slide__in=Slide.objects.visible_to(user))
        return seen if user.is_administrator else seen.filter(slide__owner=user)


class Twin(models.Model):
    """One at most of a slide. Each change of state names the state it expects.

    waiting -> writing -> ready | failed(code); failed -> waiting by a person.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        WRITING = "writing"
        READY = "ready"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slide = models.OneToOneField(
        Slide, on_delete=models.CASCADE, related_name="dicom_twin"
    )
    study_uid = models.CharField("study UID", max_length=UID_LENGTH, blank=True)
    """Of its own study; of each try another one."""
    state = models.CharField(max_length=16, choices=State, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    """Tiles written and to be written; 0 until the slide is open."""
    failure_code = models.CharField(max_length=64, blank=True)
    failure_message = models.TextField(blank=True)
    round = models.PositiveIntegerField(default=0)
    """Counts every try, so that one that was given up changes nothing late."""
    next_at = models.DateTimeField(null=True)
    """When it is begun; while it is written, when that is given up."""
    created_at = models.DateTimeField(auto_now_add=True)

    objects = TwinQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = (models.Index(fields=("state", "next_at")),)

    def __str__(self) -> str:
        return f"twin of {self.slide_id}"

    @property
    def instances(self) -> models.QuerySet[Instance]:
        """Its study: its levels, the finest first, and the results that joined them."""
        return Instance.objects.filter(
            owner=self.slide.owner_id, series__study__uid=self.study_uid
        ).order_by("number")
