"""`Rule`, what is asked of which slides; `RuleCheck` and `RuleRun`, what came of it."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from webapp.delivery.models import Destination
from webapp.jobs.models import Job
from webapp.jobs.serializers import MOST_QUESTIONS
from webapp.questions.services.asking import MOST_CHARACTERS
from webapp.slides.models import Slide
from webapp.training.models import ModelVersion


def check_questions(text: str) -> None:
    """One to twenty lines, each no longer than a question may be."""
    lines = lines_of(text)
    if not 1 <= len(lines) <= MOST_QUESTIONS:
        raise ValidationError(f"Write 1 to {MOST_QUESTIONS} questions, one a line.")
    if any(len(line) > MOST_CHARACTERS for line in lines):
        raise ValidationError(f"A question has at most {MOST_CHARACTERS} characters.")


def lines_of(text: str) -> list[str]:
    """The lines that say something."""
    return [line.strip() for line in text.splitlines() if line.strip()]


class Rule(models.Model):
    """If all that is named here fits a slide, these questions are asked about it."""

    name = models.CharField(max_length=100, unique=True)
    is_enabled = models.BooleanField(default=True)
    position = models.PositiveIntegerField(
        default=100, help_text="Rules are looked at in this order, the lowest first."
    )
    is_last = models.BooleanField(
        "last", default=False, help_text="If it fits, no later rule is looked at."
    )
    source = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text="The account that sent the slide; empty: any.",
    )
    modality = models.CharField(
        max_length=64,
        blank=True,
        help_text="DICOM modalities with spaces between, such as SM; empty: any, and "
        "slides that did not come as DICOM.",
    )
    body_site = models.CharField(
        max_length=200,
        blank=True,
        help_text="A code, or part of a name, such as breast; empty: any.",
    )
    stain = models.CharField(
        max_length=200,
        blank=True,
        help_text="A code, or part of a name, such as hematoxylin; empty: any.",
    )
    questions = models.TextField(
        validators=[check_questions], help_text="One a line; each is asked."
    )
    model_version = models.ForeignKey(
        ModelVersion,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Who answers; empty: the version that is active then.",
    )
    destinations = models.ManyToManyField(
        Destination,
        blank=True,
        related_name="rules",
        help_text="Where the results go: each report and each other object that is "
        "made of the answers. Only of slides that came as DICOM are reports made by "
        "themselves.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.name

    @property
    def asked(self) -> list[dict[str, str]]:
        """Its questions as a job takes them."""
        return [{"text": line} for line in lines_of(self.questions)]


class RuleCheck(models.Model):
    """A slide that the rules have been looked at for: once and never again."""

    slide = models.OneToOneField(
        Slide, on_delete=models.CASCADE, related_name="rule_check"
    )
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"rules for {self.slide_id}"


class RuleRun(models.Model):
    """A rule that fitted a slide, and the job that it made."""

    rule = models.ForeignKey(
        Rule, null=True, on_delete=models.SET_NULL, related_name="runs"
    )
    slide = models.ForeignKey(Slide, on_delete=models.CASCADE, related_name="rule_runs")
    job = models.OneToOneField(Job, on_delete=models.CASCADE, related_name="rule_run")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-at", "-pk")
        constraints = (
            models.UniqueConstraint(fields=("rule", "slide"), name="rule_once"),
        )

    def __str__(self) -> str:
        return f"{self.rule} for {self.slide_id}"
