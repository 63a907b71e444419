"""`ResultObject`: one DICOM object that was made of one answered question."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models

from webapp.dicomweb.models import Instance
from webapp.questions.models import Question
from webapp.reviews.models import Review


class ResultQuerySet(models.QuerySet["ResultObject"]):
    """Result objects by who may see them."""

    def visible_to(self, user: Any) -> ResultQuerySet:
        """Of questions about slides that this user may see."""
        return self.filter(question__in=Question.objects.visible_to(user))


class ResultObject(models.Model):
    """Of one kind and one version of what is known.

    It is made once: its UIDs and its bytes follow from what this row names.
    """

    class Kind(models.TextChoices):
        SR = "sr", "Structured report"
        ANN = "ann", "Annotations"
        KO = "ko", "Key objects"
        PDF = "pdf", "PDF"
        SEG = "seg", "Segmentation"
        SC = "sc", "Picture"
        PM = "pm", "Heat map"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    question = models.ForeignKey(
        Question, on_delete=models.CASCADE, related_name="results"
    )
    kind = models.CharField(max_length=8, choices=Kind)
    version = models.PositiveIntegerField(default=1)
    """1 is what the model said; each review makes the next."""
    review = models.ForeignKey(
        Review, null=True, on_delete=models.PROTECT, related_name="results"
    )
    """Of which this version tells; null: nobody has reviewed it."""
    instance = models.OneToOneField(
        Instance, on_delete=models.CASCADE, related_name="result"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ResultQuerySet.as_manager()

    class Meta:
        ordering = ("created_at", "kind", "version")
        constraints = (
            models.UniqueConstraint(
                fields=("question", "kind", "version"), name="result_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} of {self.question_id}, version {self.version}"


class ResultFailure(models.Model):
    """A report that could not be made by itself, so that the clock gives up in time."""

    question = models.OneToOneField(
        Question, on_delete=models.CASCADE, related_name="result_failure"
    )
    code = models.CharField(max_length=64)
    message = models.TextField()
    tries = models.PositiveSmallIntegerField(default=0)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.code} of {self.question_id}"
