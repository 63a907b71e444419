"""`Job`, its questions, and the keys under which a client may repeat a request."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models

from dragonfly.geometry import Region
from webapp.api.idempotency import RequestKey
from webapp.delivery.models import Destination
from webapp.questions.models import Question
from webapp.slides.models import Slide, Upload
from webapp.training.models import ModelVersion

UID_LENGTH = 64


class JobQuerySet(models.QuerySet["Job"]):
    """Jobs by who may see them."""

    def visible_to(self, user: Any) -> JobQuerySet:
        """A person's own; administrators see all."""
        if not getattr(user, "is_authenticated", False):
            return self.none()
        if getattr(user, "is_administrator", False):
            return self.all()
        return self.filter(owner=user)


class Job(models.Model):
    """Questions about one input. Each change of state names the state it expects.

    queued -> running -> succeeded | failed; cancelled from either of the first two.
    It is queued while its slides are prepared, and runs once its questions are asked.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        SUCCEEDED = "succeeded"
        FAILED = "failed"
        CANCELLED = "cancelled"

    OPEN = (State.QUEUED, State.RUNNING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="jobs"
    )
    state = models.CharField(max_length=16, choices=State, default=State.QUEUED)
    slide = models.ForeignKey(
        Slide, null=True, on_delete=models.SET_NULL, related_name="jobs"
    )
    upload = models.ForeignKey(
        Upload, null=True, on_delete=models.SET_NULL, related_name="jobs"
    )
    study_uid = models.CharField(max_length=UID_LENGTH, blank=True, db_index=True)
    series_uid = models.CharField(max_length=UID_LENGTH, blank=True)
    instance_uid = models.CharField(max_length=UID_LENGTH, blank=True)
    asked = models.JSONField(default=list)
    """[{"text", "scope", "region"}] as they were sent; asked of each slide."""
    model_version = models.ForeignKey(
        ModelVersion, null=True, on_delete=models.PROTECT, related_name="jobs"
    )
    """Who answers; null is the version that is active when the question is asked."""
    priority = models.SmallIntegerField(
        choices=Question.Priority, default=Question.Priority.MEDIUM
    )
    again = models.BooleanField(default=False)
    """Ask anew although the same was answered before."""

    destinations = models.ManyToManyField(Destination, blank=True, related_name="jobs")
    """Where the objects that are made of its answers go."""

    failure_code = models.CharField(max_length=64, blank=True)
    failure_message = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = (models.Index(fields=("state",)),)

    def __str__(self) -> str:
        return f"job {self.pk}"

    @property
    def is_open(self) -> bool:
        """More will happen to it."""
        return self.state in self.OPEN


class JobQuestion(models.Model):
    """One question of a job about one slide, and the question that was asked for it."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="items")
    number = models.PositiveIntegerField()
    slide = models.ForeignKey(Slide, on_delete=models.CASCADE, related_name="+")
    text = models.TextField()
    scope = models.CharField(max_length=16, choices=Question.Scope)
    region = models.JSONField(null=True)
    question = models.ForeignKey(
        Question, null=True, on_delete=models.SET_NULL, related_name="job_items"
    )
    is_ours = models.BooleanField(default=False)
    """Asked for this job; else somebody had asked the same before."""
    failure_code = models.CharField(max_length=64, blank=True)
    failure_message = models.TextField(blank=True)
    """Why it could not be asked."""

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("job", "number"), name="job_numbered_once"),
        )

    def __str__(self) -> str:
        return f"{self.number} of {self.job_id}"

    @property
    def rectangle(self) -> Region | None:
        """The region asked about; None for the whole slide."""
        return Region(**self.region) if self.region else None


class IdempotencyKey(RequestKey):
    """So that sending a request again makes no second job."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="keys")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("owner", "key"), name="key_once"),
        )
