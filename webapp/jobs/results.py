"""What came of a job: answers with their evidence, in pixels and millimetres."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from webapp.jobs.models import Job, JobQuestion
from webapp.jobs.serializers import JobFailureSerializer, JobQuestionSerializer
from webapp.questions.models import EvidenceRegion
from webapp.questions.serializers import (
    AnsweringModelSerializer,
    AnswerSerializer,
    EvidenceSerializer,
)
from webapp.results.models import ResultObject
from webapp.results.serializers import ResultObjectSerializer
from webapp.slides.models import Slide

CONFIDENCE = (
    "The model gives no calibrated probability of its answer, so none is stated. A "
    "region's score orders the regions of one question and is no probability."
)


class MillimetresSerializer(serializers.Serializer[Any]):
    """From the upper left corner of level 0, to the right and down."""

    x = serializers.FloatField()
    y = serializers.FloatField()
    width = serializers.FloatField()
    height = serializers.FloatField()


class JobEvidenceSerializer(EvidenceSerializer):
    """Where the model looked; in millimetres too where the slide's scale is known."""

    millimetres = serializers.SerializerMethodField()

    class Meta(EvidenceSerializer.Meta):
        fields = (*EvidenceSerializer.Meta.fields, "millimetres")  # type: ignore[assignment]

    @extend_schema_field(MillimetresSerializer(allow_null=True))
    def get_millimetres(self, evidence: EvidenceRegion) -> dict[str, float] | None:
        return millimetres(evidence.question.slide, evidence.region_fields())


class JobObjectSerializer(ResultObjectSerializer):
    """A DICOM object that was made of an answer, and where DICOMweb has it."""

    sop_class = serializers.CharField(source="instance.sop_class")
    wado = serializers.SerializerMethodField()

    class Meta(ResultObjectSerializer.Meta):
        fields = (*ResultObjectSerializer.Meta.fields, "sop_class", "wado")  # type: ignore[assignment]

    @extend_schema_field(str)
    def get_wado(self, result: ResultObject) -> str:
        """The path of the object, from the site's root."""
        instance = result.instance
        series = instance.series
        studies = reverse("dicomweb:studies")
        return (
            f"{studies}/{series.study.uid}/series/{series.uid}/instances/{instance.uid}"
        )


class JobAnswerSerializer(JobQuestionSerializer):
    """One question with its answer; null where there is none, or none for you."""

    model_version = AnsweringModelSerializer(
        source="question.model_version", allow_null=True, default=None
    )
    slide_digest = serializers.CharField(
        source="question.slide_digest", allow_null=True, default=None
    )
    answer = serializers.SerializerMethodField()
    evidence = serializers.SerializerMethodField()
    objects = serializers.SerializerMethodField()

    class Meta(JobQuestionSerializer.Meta):
        fields = (
            *JobQuestionSerializer.Meta.fields,
            "model_version",
            "slide_digest",
            "answer",
            "evidence",
            "objects",
        )

    def _is_seen(self, item: JobQuestion) -> bool:
        return bool(item.question) and item.slide_id in self.context["slides"]

    @extend_schema_field(AnswerSerializer(allow_null=True))
    def get_answer(self, item: JobQuestion) -> dict[str, Any] | None:
        answer = getattr(item.question, "answer", None)
        if answer is None or not self._is_seen(item):
            return None
        return dict(AnswerSerializer(answer).data)

    @extend_schema_field(JobEvidenceSerializer(many=True))
    def get_evidence(self, item: JobQuestion) -> list[Any]:
        if item.question is None or not self._is_seen(item):
            return []
        return list(JobEvidenceSerializer(item.question.evidence, many=True).data)

    @extend_schema_field(JobObjectSerializer(many=True))
    def get_objects(self, item: JobQuestion) -> list[Any]:
        if item.question is None or not self._is_seen(item):
            return []
        made = item.question.results.select_related("instance__series__study")
        return list(JobObjectSerializer(made.order_by("created_at"), many=True).data)


class ResultSerializer(serializers.Serializer[Any]):
    """The result of a job that has ended."""

    job = serializers.CharField()
    state = serializers.ChoiceField(choices=Job.State.choices)
    failure = JobFailureSerializer(allow_null=True)
    answers = JobAnswerSerializer(many=True)
    confidence = serializers.CharField()
    intended_use = serializers.CharField()


def result_of(job: Job, user: Any) -> dict[str, Any]:
    """The result; answers about slides that `user` no longer sees are left out."""
    items = job.items.select_related(
        "question__answer", "question__model_version", "question__slide"
    ).prefetch_related("question__evidence__question__slide")
    seen = Slide.objects.visible_to(user).filter(pk__in=[i.slide_id for i in items])
    context = {"slides": set(seen.values_list("pk", flat=True))}
    failed = job.state == Job.State.FAILED
    failure = {"code": job.failure_code, "message": job.failure_message}
    return {
        "job": reverse("api:job", args=(job.pk,)),
        "state": job.state,
        "failure": failure if failed else None,
        "answers": JobAnswerSerializer(items, many=True, context=context).data,
        "confidence": CONFIDENCE,
        "intended_use": settings.INTENDED_USE,
    }


def millimetres(slide: Slide, region: dict[str, int]) -> dict[str, float] | None:
    """A region in level-0 pixels, in millimetres; None without a known scale."""
    if not slide.mpp_x or not slide.mpp_y:
        return None
    return {
        "x": region["x"] * slide.mpp_x / 1000,
        "y": region["y"] * slide.mpp_y / 1000,
        "width": region["width"] * slide.mpp_x / 1000,
        "height": region["height"] * slide.mpp_y / 1000,
    }
