"""Questions and answers as REST shows and takes them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from webapp.questions.models import Answer, EvidenceRegion, Question
from webapp.questions.progress import queue_of
from webapp.training.models import ModelVersion


class RegionSerializer(serializers.Serializer[dict[str, int]]):
    """A rectangle in level-0 pixels."""

    x = serializers.IntegerField()
    y = serializers.IntegerField()
    width = serializers.IntegerField(min_value=1)
    height = serializers.IntegerField(min_value=1)


class AskSerializer(serializers.Serializer[dict[str, Any]]):
    """What a question is made of."""

    slide = serializers.UUIDField()
    text = serializers.CharField(allow_blank=True, trim_whitespace=False)
    scope = serializers.ChoiceField(
        choices=Question.Scope.choices, default=Question.Scope.SLIDE
    )
    region = RegionSerializer(
        required=False,
        allow_null=True,
        help_text="For the scopes view and rectangle; what is outside is cut off.",
    )
    again = serializers.BooleanField(
        default=False, help_text="Ask anew although the same has been asked."
    )


class EvidenceSerializer(serializers.ModelSerializer[EvidenceRegion]):
    """Where the model looked, and the rule that chose it; never a reason."""

    region = RegionSerializer(source="region_fields")
    crop = serializers.SerializerMethodField(
        help_text="The exact pixels that the model was given."
    )

    class Meta:
        model = EvidenceRegion
        fields = (
            "number",
            "kind",
            "rule",
            "score",
            "region",
            "resolution",
            "downsample",
            "magnification",
            "parent",
            "attention",
            "crop",
        )

    def get_crop(self, evidence: EvidenceRegion) -> str:
        return reverse(
            "api:question-crop", args=(evidence.question_id, evidence.number)
        )


class NoteSerializer(serializers.Serializer[dict[str, str]]):
    """A doubt that touches the answer."""

    code = serializers.CharField()
    message = serializers.CharField()


class CoverageSerializer(serializers.Serializer[dict[str, float]]):
    """Share of the tissue that was examined at a downsample or finer."""

    downsample = serializers.FloatField()
    tissue_share = serializers.FloatField()


class AnswerSerializer(serializers.ModelSerializer[Answer]):
    """What one model version replied, and how to repeat it."""

    coverage = CoverageSerializer(many=True)
    notes = NoteSerializer(many=True)
    provenance = serializers.DictField()

    class Meta:
        model = Answer
        fields = (
            "text",
            "coverage",
            "notes",
            "unreadable_tiles",
            "is_truncated",
            "provenance",
            "intended_use",
            "created_at",
        )


class AnsweringModelSerializer(serializers.ModelSerializer[ModelVersion]):
    """The model version that answers."""

    class Meta:
        model = ModelVersion
        fields = ("id", "name", "digest", "variant", "note", "state")


class QueueSerializer(serializers.Serializer[dict[str, Any]]):
    """The place in the queue: 1 is next."""

    place = serializers.IntegerField()
    eta_s = serializers.IntegerField(
        allow_null=True, help_text="Seconds until it is taken; null when unknown."
    )


class FailureSerializer(serializers.Serializer[Question]):
    """Why there is no answer, in words for the person."""

    code = serializers.CharField(source="failure_code")
    message = serializers.CharField(source="failure_message")
    is_retryable = serializers.BooleanField()


class QuestionSerializer(serializers.ModelSerializer[Question]):
    """A question, its state, and what came of it."""

    slide = serializers.UUIDField(source="slide_id")
    asker = serializers.CharField(source="asker.username")
    region = RegionSerializer(allow_null=True)
    model_version = AnsweringModelSerializer(allow_null=True)
    queue = serializers.SerializerMethodField()
    failure = serializers.SerializerMethodField()
    can_stop = serializers.SerializerMethodField()
    answer = serializers.SerializerMethodField()
    evidence = EvidenceSerializer(many=True)
    intended_use = serializers.SerializerMethodField()

    class Meta:
        model = Question
        fields: tuple[str, ...] = (
            "id",
            "slide",
            "asker",
            "text",
            "scope",
            "region",
            "slide_digest",
            "model_version",
            "seed",
            "temperature",
            "state",
            "attempt",
            "step",
            "steps",
            "queue",
            "can_stop",
            "stop_requested_at",
            "failure",
            "partial_text",
            "answer",
            "evidence",
            "created_at",
            "started_at",
            "ended_at",
            "intended_use",
        )

    @extend_schema_field(QueueSerializer(allow_null=True))
    def get_queue(self, question: Question) -> dict[str, Any] | None:
        """While it waits."""
        is_waiting = question.state == Question.State.QUEUED
        return queue_of(question) if is_waiting else None

    @extend_schema_field(FailureSerializer(allow_null=True))
    def get_failure(self, question: Question) -> dict[str, Any] | None:
        """When it failed."""
        if question.state != Question.State.FAILED:
            return None
        return dict(FailureSerializer(question).data)

    @extend_schema_field(AnswerSerializer(allow_null=True))
    def get_answer(self, question: Question) -> dict[str, Any] | None:
        """When it was answered."""
        answer = getattr(question, "answer", None)
        return dict(AnswerSerializer(answer).data) if answer else None

    def get_can_stop(self, question: Question) -> bool:
        """Whether the caller may stop it, if it is open."""
        return question.is_open and question.may_be_stopped_by(
            self.context["request"].user
        )

    def get_intended_use(self, question: Question) -> str:
        return str(settings.INTENDED_USE)


class AskedSerializer(QuestionSerializer):
    """The question, and whether it is an earlier one that is the same."""

    existing = serializers.SerializerMethodField()

    class Meta(QuestionSerializer.Meta):
        fields = (*QuestionSerializer.Meta.fields, "existing")

    def get_existing(self, question: Question) -> bool:
        return bool(self.context["existing"])


class EventSerializer(serializers.Serializer[dict[str, Any]]):
    """One event; further fields depend on its kind."""

    id = serializers.CharField()
    kind = serializers.CharField()
    attempt = serializers.IntegerField()


class EventsSerializer(serializers.Serializer[dict[str, Any]]):
    """What happened since."""

    events = EventSerializer(many=True)
    last = serializers.CharField(help_text="Give it as `after` the next time.")
    is_open = serializers.BooleanField(help_text="More may come.")


class WorkerSerializer(serializers.Serializer[Any]):
    """An inference worker, as it tells of itself."""

    worker = serializers.CharField()
    device = serializers.CharField()
    state = serializers.ChoiceField(choices=["loading", "idle", "busy"])
    model_name = serializers.CharField()
    model_digest = serializers.CharField()


class WorkersSerializer(serializers.Serializer[Any]):
    """Who answers, and what waits."""

    queue = serializers.ChoiceField(choices=["ok", "down"])
    workers = WorkerSerializer(many=True)
    waiting = serializers.IntegerField()
    running = serializers.IntegerField()
