"""`Question`, `Answer` and `EvidenceRegion`: what was asked and what came of it."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from dragonfly.geometry import Region
from inference_worker.messages import PRIORITIES
from webapp.slides.models import Slide
from webapp.training.models import ModelVersion


class QuestionQuerySet(models.QuerySet["Question"]):
    """Questions by who may see them."""

    def visible_to(self, user: Any) -> QuestionQuerySet:
        """Asked of slides that this user may see."""
        return self.filter(slide__in=Slide.objects.visible_to(user))


class Question(models.Model):
    """Asked of one slide. The row is the truth; each change names the state it expects.

    queued -> overview -> zooming -> writing -> answered | stopped | failed
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        OVERVIEW = "overview"
        ZOOMING = "zooming"
        WRITING = "writing"
        ANSWERED = "answered"
        STOPPED = "stopped"
        FAILED = "failed"

    RUNNING = (State.OVERVIEW, State.ZOOMING, State.WRITING)
    OPEN = (State.QUEUED, *RUNNING)
    ENDED = (State.ANSWERED, State.STOPPED, State.FAILED)

    class Scope(models.TextChoices):
        SLIDE = "slide", "Whole slide"
        VIEW = "view", "Current view"
        RECTANGLE = "rectangle", "Drawn rectangle"

    class Priority(models.IntegerChoices):
        """Who looks at a slide and asks goes before what programs ask by hundreds."""

        HIGH = PRIORITIES["high"], "high"
        MEDIUM = PRIORITIES["medium"], "medium"
        LOW = PRIORITIES["low"], "low"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slide = models.ForeignKey(Slide, on_delete=models.CASCADE, related_name="questions")
    asker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="questions"
    )
    text = models.TextField()
    scope = models.CharField(max_length=16, choices=Scope, default=Scope.SLIDE)
    x = models.BigIntegerField(null=True)
    y = models.BigIntegerField(null=True)
    width = models.PositiveBigIntegerField(null=True)
    height = models.PositiveBigIntegerField(null=True)
    """The region in level-0 pixels; null asks about the whole slide."""
    slide_digest = models.CharField(max_length=80)
    """The slide as it was when asked."""
    model_version = models.ForeignKey(
        ModelVersion, null=True, on_delete=models.PROTECT, related_name="questions"
    )
    seed = models.BigIntegerField(default=0)
    temperature = models.FloatField(default=0.0)
    priority = models.SmallIntegerField(choices=Priority, default=Priority.HIGH)

    state = models.CharField(max_length=16, choices=State, default=State.QUEUED)
    attempt = models.PositiveIntegerField(default=1)
    step = models.PositiveIntegerField(default=0)
    steps = models.PositiveIntegerField(default=0)
    """Zoom step `step` of `steps`."""
    stop_requested_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    """When the newest attempt was put on the queue."""
    failure_code = models.CharField(max_length=64, blank=True)
    failure_message = models.TextField(blank=True)
    is_retryable = models.BooleanField(default=False)
    partial_text = models.TextField(blank=True)
    """What was written before it stopped or failed."""

    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = (
            models.Index(fields=("slide", "-created_at")),
            models.Index(fields=("state",)),
        )
        constraints = (
            models.CheckConstraint(
                name="whole_region_or_none",
                condition=Q(x=None, y=None, width=None, height=None)
                | Q(x__isnull=False, y__isnull=False, width__gt=0, height__gt=0),
            ),
        )

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def is_open(self) -> bool:
        """Neither answered, stopped nor failed."""
        return self.state in self.OPEN

    @property
    def region(self) -> Region | None:
        """The region asked about; None for the whole slide."""
        x, y, width, height = self.x, self.y, self.width, self.height
        if x is None or y is None or width is None or height is None:
            return None
        return Region(x, y, width, height)

    def may_be_stopped_by(self, user: Any) -> bool:
        """Whoever asked, whose slide it is, and administrators."""
        is_theirs = user.pk in (self.asker_id, self.slide.owner_id)
        return is_theirs or bool(getattr(user, "is_administrator", False))


class Answer(models.Model):
    """The finished answer of one model version."""

    question = models.OneToOneField(
        Question, on_delete=models.CASCADE, related_name="answer"
    )
    text = models.TextField()
    coverage = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    unreadable_tiles = models.PositiveIntegerField(default=0)
    is_truncated = models.BooleanField(default=False)
    provenance = models.JSONField(default=dict)
    intended_use = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.text[:60]


class EvidenceRegion(models.Model):
    """A region that the model was given, and the rule that chose it; never a reason."""

    question = models.ForeignKey(
        Question, on_delete=models.CASCADE, related_name="evidence"
    )
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=16)
    rule = models.CharField(max_length=32)
    score = models.FloatField()
    x = models.BigIntegerField()
    y = models.BigIntegerField()
    width = models.PositiveBigIntegerField()
    height = models.PositiveBigIntegerField()
    resolution = models.CharField(max_length=16)
    downsample = models.FloatField()
    magnification = models.FloatField(null=True)
    parent = models.PositiveIntegerField(null=True)
    """Number of the evidence region that this one zooms into."""
    attention = models.FloatField(null=True)
    source = models.JSONField(null=True)
    """How the crop was read: the fields of `dragonfly.slide.CropSource`."""

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(
                fields=("question", "number"), name="numbered_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.number} of {self.question_id}"

    def region_fields(self) -> dict[str, int]:
        """Plain values in level-0 pixels."""
        return {"x": self.x, "y": self.y, "width": self.width, "height": self.height}
