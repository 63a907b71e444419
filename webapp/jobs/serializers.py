"""Jobs as REST takes and shows them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404
from django.urls import reverse
from drf_spectacular.utils import (
    OpenApiExample,
    extend_schema_field,
    extend_schema_serializer,
)
from rest_framework import serializers

from inference_worker.messages import PRIORITIES
from webapp.delivery.models import Destination
from webapp.jobs.models import Job, JobQuestion
from webapp.jobs.progress import STAGES, progress_of, stage_of
from webapp.jobs.services.inputs import named_series
from webapp.questions.models import Question
from webapp.questions.serializers import (
    AnsweringModelSerializer,
    RegionSerializer,
)
from webapp.slides.models import Slide, Upload
from webapp.training.models import ModelVersion

MOST_QUESTIONS = 20
ONE_INPUT = "Name one input: slide, upload or study."


@extend_schema_field({"type": "string", "pattern": r"^[0-9.]{1,64}$"})
class UidField(serializers.RegexField):
    """A DICOM UID (PS3.5 section 9)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(r"\A(0|[1-9]\d*)(\.(0|[1-9]\d*))+\Z", max_length=64, **kwargs)


class PriorityField(serializers.ChoiceField):
    """A word for it, where the rows have the queue's number."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=list(PRIORITIES), **kwargs)

    def to_internal_value(self, data: Any) -> int:  # type: ignore[override]
        return PRIORITIES[super().to_internal_value(data)]

    def to_representation(self, value: Any) -> str:
        return str(Question.Priority(value).label)


class JobInputSerializer(serializers.Serializer[Any]):
    """What the questions are about: a slide, an upload, or DICOM that was stored."""

    slide = serializers.UUIDField(required=False)
    upload = serializers.UUIDField(
        required=False, help_text="Its bytes may still be arriving."
    )
    study = UidField(
        required=False, help_text="Study Instance UID; each slide of it is asked about."
    )
    series = UidField(required=False, help_text="Only this series of the study.")
    instance = UidField(required=False, help_text="Only the series of this instance.")

    def validate(self, named: dict[str, Any]) -> dict[str, Any]:
        """One input, which the caller can see."""
        if sum(name in named for name in ("slide", "upload", "study")) != 1:
            raise serializers.ValidationError(ONE_INPUT)
        if "study" not in named and {"series", "instance"} & set(named):
            raise serializers.ValidationError("Name the study too.")
        return named


class JobAskSerializer(serializers.Serializer[Any]):
    """One question."""

    text = serializers.CharField(max_length=10_000)
    scope = serializers.ChoiceField(
        choices=Question.Scope.choices, default=Question.Scope.SLIDE
    )
    region = RegionSerializer(
        required=False,
        allow_null=True,
        help_text="In level-0 pixels, for the scopes view and rectangle.",
    )


SUBMIT_EXAMPLES = [
    OpenApiExample(
        "About a stored DICOM study",
        value={
            "input": {"study": "1.2.826.0.1.3680043.8.498.1"},
            "questions": [{"text": "Is there necrosis?"}],
        },
        request_only=True,
    ),
    OpenApiExample(
        "About a region of a slide, by one model version",
        value={
            "input": {"slide": "0b7a3d4e-5c2f-4d8e-9a51-3f6f1c2b7d10"},
            "questions": [
                {
                    "text": "Which stain is this?",
                    "scope": "rectangle",
                    "region": {"x": 1024, "y": 2048, "width": 4096, "height": 4096},
                }
            ],
            "model_version": "sha256-5a1f",
        },
        request_only=True,
    ),
]


@extend_schema_serializer(examples=SUBMIT_EXAMPLES)
class SubmitSerializer(serializers.Serializer[Any]):
    """A new job."""

    input = JobInputSerializer()
    questions = JobAskSerializer(many=True, min_length=1, max_length=MOST_QUESTIONS)  # type: ignore[call-arg]
    model_version = serializers.CharField(
        required=False,
        max_length=80,
        help_text="Digest of the version that answers; else the active one.",
    )
    priority = PriorityField(
        default=Question.Priority.MEDIUM,
        help_text="Among what waits. What people ask in the browser has a high one.",
    )
    again = serializers.BooleanField(
        default=False, help_text="Ask anew although the same has been asked."
    )
    deliver = serializers.PrimaryKeyRelatedField(
        many=True,
        queryset=Destination.objects.filter(is_enabled=True),
        default=list,
        help_text="Destinations: whatever object is made of the answers goes there, "
        "and each later version. For the owner of the slide alone.",
    )

    def validate_model_version(self, digest: str) -> ModelVersion:
        """A version that has been active; administrators may ask a candidate too."""
        versions = ModelVersion.objects.all()
        if not self.context["request"].user.is_administrator:
            versions = versions.exclude(state=ModelVersion.State.CANDIDATE)
        version = versions.filter(digest=digest).first()
        if version is None:
            raise serializers.ValidationError("There is no such model version.")
        return version


class JobFailureSerializer(serializers.Serializer[Any]):
    """Why there is no result, in words for the person."""

    code = serializers.CharField()
    message = serializers.CharField()


class JobQuestionSerializer(serializers.ModelSerializer[JobQuestion]):
    """One question of the job; its answer is in the result."""

    slide = serializers.UUIDField(source="slide_id")
    region = RegionSerializer(allow_null=True)
    question = serializers.SerializerMethodField(help_text="Address of the question.")
    state = serializers.SerializerMethodField()
    failure = serializers.SerializerMethodField()

    class Meta:
        model = JobQuestion
        fields: tuple[str, ...] = (
            "number",
            "slide",
            "text",
            "scope",
            "region",
            "question",
            "state",
            "failure",
        )

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_question(self, item: JobQuestion) -> str | None:
        pk = item.question_id
        return reverse("api:question", args=(pk,)) if pk else None

    @extend_schema_field(serializers.ChoiceField(choices=Question.State.choices))
    def get_state(self, item: JobQuestion) -> str:
        return item.question.state if item.question else Question.State.FAILED

    @extend_schema_field(JobFailureSerializer(allow_null=True))
    def get_failure(self, item: JobQuestion) -> dict[str, str] | None:
        code, message = item.failure_code, item.failure_message
        if item.question and item.question.state == Question.State.FAILED:
            code = item.question.failure_code
            message = item.question.failure_message
        return {"code": code, "message": message} if code else None


class JobLinksSerializer(serializers.Serializer[Any]):
    """Where to go on."""

    self = serializers.CharField()
    result = serializers.CharField()


class GivenInputSerializer(serializers.Serializer[Any]):
    """The input as it was named."""

    slide = serializers.UUIDField(allow_null=True)
    upload = serializers.UUIDField(allow_null=True)
    study = serializers.CharField(allow_null=True)
    series = serializers.CharField(allow_null=True)
    instance = serializers.CharField(allow_null=True)


class JobSerializer(serializers.ModelSerializer[Job]):
    """A job and how far it is."""

    owner = serializers.CharField(source="owner.username")
    input = serializers.SerializerMethodField()
    model_version = AnsweringModelSerializer(allow_null=True)
    priority = PriorityField()
    stage = serializers.SerializerMethodField()
    progress = serializers.SerializerMethodField(help_text="0 to 1.")
    deliver: Any = serializers.PrimaryKeyRelatedField(
        source="destinations", many=True, read_only=True
    )
    questions = JobQuestionSerializer(source="items", many=True)
    failure = serializers.SerializerMethodField()
    links = serializers.SerializerMethodField()
    intended_use = serializers.SerializerMethodField()

    class Meta:
        model = Job
        fields = (
            "id",
            "owner",
            "state",
            "stage",
            "progress",
            "input",
            "model_version",
            "priority",
            "deliver",
            "questions",
            "failure",
            "links",
            "created_at",
            "started_at",
            "ended_at",
            "intended_use",
        )

    @extend_schema_field(GivenInputSerializer)
    def get_input(self, job: Job) -> dict[str, Any]:
        return {
            "slide": job.slide_id and str(job.slide_id),
            "upload": job.upload_id and str(job.upload_id),
            "study": job.study_uid or None,
            "series": job.series_uid or None,
            "instance": job.instance_uid or None,
        }

    @extend_schema_field(serializers.ChoiceField(choices=STAGES))
    def get_stage(self, job: Job) -> str:
        return stage_of(job)

    def get_progress(self, job: Job) -> float:
        return progress_of(job)

    @extend_schema_field(JobFailureSerializer(allow_null=True))
    def get_failure(self, job: Job) -> dict[str, str] | None:
        if job.state != Job.State.FAILED:
            return None
        return {"code": job.failure_code, "message": job.failure_message}

    @extend_schema_field(JobLinksSerializer)
    def get_links(self, job: Job) -> dict[str, str]:
        return {
            "self": reverse("api:job", args=(job.pk,)),
            "result": reverse("api:job-result", args=(job.pk,)),
        }

    def get_intended_use(self, job: Job) -> str:
        return str(settings.INTENDED_USE)


def wish_fields(user: Any, named: dict[str, Any]) -> dict[str, Any]:
    """The records that a checked input names.

    Raises:
        Http404: `user` sees no such thing.
    """
    if "slide" in named:
        slide = Slide.objects.visible_to(user).filter(pk=named["slide"]).first()
        return {"slide": _seen(slide)}
    if "upload" in named:
        uploads = Upload.objects.filter(owner=user.pk, pk=named["upload"])
        return {"upload": _seen(uploads.first())}
    uids = [named.get(name, "") for name in ("study", "series", "instance")]
    _seen(named_series(user, *uids).first())
    return dict(zip(("study_uid", "series_uid", "instance_uid"), uids, strict=True))


def _seen(found: Any) -> Any:
    if found is None:
        raise Http404
    return found
