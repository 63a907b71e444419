"""`FineTuneJob` and its figures: a candidate in the making."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from webapp.api.idempotency import RequestKey
from webapp.questions.models import Question
from webapp.reviews.models import DataSetVersion
from webapp.training.models import ModelVersion


class FineTuneJob(models.Model):
    """One candidate. Each change of state names the state that it expects.

    queued -> training -> evaluating -> succeeded | failed | cancelled; paused from
    each of the first three, and from there to queued again. A failed job that can go
    on from its last checkpoint is resumed in the same way.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        TRAINING = "training"
        EVALUATING = "evaluating"
        PAUSED = "paused"
        SUCCEEDED = "succeeded"
        FAILED = "failed"
        CANCELLED = "cancelled"

    class Preset(models.TextChoices):
        PROJECTOR = "projector", "Projector only"
        LORA_SMALL = "lora_small", "LoRA, small"
        LORA_LARGE = "lora_large", "LoRA, large"
        FULL = "full", "All weights"

    class Wish(models.TextChoices):
        PAUSE = "pause"
        CANCEL = "cancel"
        DAY = "day"
        """The night is over: stop at a checkpoint and go on the next night."""

    WORKING = (State.TRAINING, State.EVALUATING)
    OPEN = (State.QUEUED, *WORKING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField(max_length=128)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    data_set = models.ForeignKey(
        DataSetVersion, on_delete=models.PROTECT, related_name="fine_tune_jobs"
    )
    base = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="+")
    """What training starts from."""
    preset = models.CharField(max_length=16, choices=Preset)
    fields = models.JSONField(default=dict, blank=True)
    """What the person set in place of the preset's own figures."""
    config = models.JSONField(default=dict)
    """The trainer's configuration that came of both, without paths."""
    estimate = models.JSONField(default=dict)
    """Time, memory and disk as they were told before the start."""
    priority = models.SmallIntegerField(default=0)
    """The highest first."""
    only_at_night = models.BooleanField(default=False)

    state = models.CharField(max_length=16, choices=State, default=State.QUEUED)
    attempt = models.PositiveIntegerField(default=1)
    """Counts up with each message to the worker."""
    losses = models.PositiveIntegerField(default=0)
    """Workers lost since the last new step."""
    wish = models.CharField(max_length=8, choices=Wish, blank=True)
    sent_at = models.DateTimeField(null=True)
    """When the newest attempt was put on the training queue."""
    step = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    eta_s = models.FloatField(null=True)
    note = models.CharField(max_length=255, blank=True)
    memory_bytes = models.BigIntegerField(default=0)
    """Of the trainer's processes."""
    free_bytes = models.BigIntegerField(null=True)
    """Of the disk that it writes to."""
    log = models.TextField(blank=True)
    failure_code = models.CharField(max_length=64, blank=True)
    failure_message = models.TextField(blank=True)
    recipe = models.JSONField(default=dict)
    """What the trainer says of itself: arguments, versions, examples seen."""
    evaluation = models.JSONField(default=dict)
    """Candidate and active on the locked test part."""
    model_version = models.ForeignKey(
        ModelVersion,
        null=True,
        on_delete=models.PROTECT,
        related_name="fine_tune_jobs",
    )
    is_forgotten = models.BooleanField(default=False)
    """Its checkpoints were removed from the disk."""
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = (models.Index(fields=("state",)),)

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """More will happen to it by itself."""
        return self.state in self.OPEN

    @property
    def can_resume(self) -> bool:
        """A person may let it go on from its last checkpoint."""
        return self.state in (self.State.PAUSED, self.State.FAILED)

    @property
    def has_ended(self) -> bool:
        """Nothing can be cancelled any more."""
        return self.state in (self.State.SUCCEEDED, self.State.CANCELLED)


class FineTuneKey(RequestKey):
    """So that asking for a job again trains no second candidate."""

    job = models.ForeignKey(FineTuneJob, on_delete=models.CASCADE, related_name="keys")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("owner", "key"), name="fine_tune_key_once"),
        )


class FixedQuestion(models.Model):
    """A question that both sides of each comparison are asked, to be read by people.

    It is no part of a data set: nothing is learned from it, and no score counts it.
    """

    question = models.OneToOneField(
        Question, on_delete=models.CASCADE, related_name="fixed_question"
    )
    expected = models.TextField(blank=True)
    """What the site wants to hear; may be empty."""
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("created_at", "id")

    def __str__(self) -> str:
        return str(self.question)


class Figure(models.Model):
    """One line of a job's metrics; a step that is done again replaces it."""

    job = models.ForeignKey(
        FineTuneJob, on_delete=models.CASCADE, related_name="figures"
    )
    kind = models.CharField(max_length=16)
    """"step", "validation" or "end"."""
    step = models.PositiveIntegerField()
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ("step", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("job", "kind", "step"), name="figure_once_a_step"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.step} of {self.job_id}"
