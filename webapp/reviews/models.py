"""`Review`, `SlideUse`, `Example` and `DataSetVersion`: from a correction to data.

Reviews and data sets are never changed: a new row supersedes an old one.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from dragonfly.geometry import Region
from webapp.questions.models import Question
from webapp.slides.models import Slide


class ReviewQuerySet(models.QuerySet["Review"]):
    """Reviews by who may see them."""

    def visible_to(self, user: Any) -> ReviewQuerySet:
        """Of questions about slides that this user may see."""
        return self.filter(question__in=Question.objects.visible_to(user))

    def current(self) -> ReviewQuerySet:
        """The newest of each person."""
        return self.filter(is_current=True)

    def disagreeing(self) -> ReviewQuerySet:
        """Current ones of questions that somebody else judges otherwise."""
        others = Review.objects.filter(
            question=models.OuterRef("question"), is_current=True
        ).exclude(verdict=models.OuterRef("verdict"))
        return self.current().filter(models.Exists(others))


class Review(models.Model):
    """One person's judgement of one answer; `version` counts that person's own."""

    class Verdict(models.TextChoices):
        RIGHT = "right"
        PARTLY = "partly"
        WRONG = "wrong"
        UNUSABLE = "unusable"

    class State(models.TextChoices):
        PENDING = "pending"
        ACCEPTED = "accepted"
        EDITED = "edited"
        REJECTED = "rejected"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    question = models.ForeignKey(
        Question, on_delete=models.CASCADE, related_name="reviews"
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reviews"
    )
    version = models.PositiveIntegerField(default=1)
    is_current = models.BooleanField(default=True)
    """False once the same person has reviewed the same answer again."""
    verdict = models.CharField(max_length=16, choices=Verdict)
    corrected_answer = models.TextField(blank=True)
    evidence = models.JSONField(default=list, blank=True)
    """[{"number", "verdict", "regions": [{"x", "y", "width", "height"}]}]"""
    regions = models.JSONField(default=list, blank=True)
    """Regions that show the right answer and belong to no evidence number."""
    comment = models.TextField(blank=True)
    state = models.CharField(max_length=16, choices=State, default=State.PENDING)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("question", "reviewer", "version"), name="review_version_once"
            ),
            models.UniqueConstraint(
                fields=("question", "reviewer"),
                condition=Q(is_current=True),
                name="one_current_review",
            ),
        )

    def __str__(self) -> str:
        return f"{self.verdict} ({self.reviewer_id}, version {self.version})"


class SlideUse(models.Model):
    """Whether a slide may be learned from, and which patient it is of.

    Kept by the slide's digest, so that the same bytes uploaded twice have one answer.
    """

    class Consent(models.TextChoices):
        UNKNOWN = "unknown"
        GIVEN = "given"
        REFUSED = "refused"

    slide_digest = models.CharField(max_length=80, unique=True)
    patient = models.CharField(max_length=128, blank=True)
    """An opaque key that keeps one patient's slides together; never a name."""
    consent = models.CharField(max_length=8, choices=Consent, default=Consent.UNKNOWN)
    is_deidentified = models.BooleanField(default=False)
    """A person has checked that the pixels show nobody's name."""
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.slide_digest[:12]}: {self.consent}"

    @property
    def allows_learning(self) -> bool:
        """Consent was given and the pixels were checked."""
        return self.consent == self.Consent.GIVEN and self.is_deidentified


class Part(models.TextChoices):
    """The parts of every data set."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


class GroupPart(models.Model):
    """The part that a patient (or a slide of an unknown one) is in, for good.

    A patient once in the locked test part stays there in every later data set.
    """

    key = models.CharField(max_length=80, unique=True)
    part = models.CharField(max_length=16, choices=Part)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.key[:12]}: {self.part}"


class Example(models.Model):
    """A question about a region of a slide, with the answer to be learned."""

    class Source(models.TextChoices):
        REVIEW = "review"
        IMPORT = "import"

    slide = models.ForeignKey(
        Slide, null=True, on_delete=models.SET_NULL, related_name="examples"
    )
    slide_digest = models.CharField(max_length=80, db_index=True)
    x = models.BigIntegerField()
    y = models.BigIntegerField()
    width = models.PositiveBigIntegerField()
    height = models.PositiveBigIntegerField()
    question = models.TextField()
    answer = models.TextField()
    source = models.CharField(max_length=16, choices=Source)
    origin = models.CharField(max_length=255, blank=True)
    """Of an imported one: the name of the set that it comes from."""
    licence = models.CharField(max_length=128, blank=True)
    review = models.OneToOneField(
        Review, null=True, on_delete=models.PROTECT, related_name="example"
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    fingerprint = models.CharField(max_length=64, db_index=True)
    """SHA-256 over slide, region, question and answer, in plain words."""
    near_duplicate_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    is_withdrawn = models.BooleanField(default=False)
    """Left out of every later data set."""
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return self.question[:60]

    @property
    def region(self) -> Region:
        """In level-0 pixels."""
        return Region(self.x, self.y, self.width, self.height)


class DataSetVersion(models.Model):
    """A frozen manifest, split by patient; `digest` names its rows for ever."""

    name = models.CharField(max_length=128)
    digest = models.CharField(max_length=64, unique=True)
    card = models.JSONField(default=dict)
    """Counts, balance, what was left out and why, and the leakage check."""
    frozen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return f"{self.name} ({self.digest[:12]})"


class DataSetRow(models.Model):
    """One line of a frozen manifest."""

    data_set = models.ForeignKey(
        DataSetVersion, on_delete=models.CASCADE, related_name="rows"
    )
    example = models.ForeignKey(
        Example, on_delete=models.PROTECT, related_name="data_set_rows"
    )
    part = models.CharField(max_length=16, choices=Part)
    line = models.TextField()
    """The manifest's JSON object as it was frozen."""

    class Meta:
        ordering = ("part", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("data_set", "example"), name="example_once_a_set"
            ),
        )

    def __str__(self) -> str:
        return f"{self.part} of {self.data_set_id}"
