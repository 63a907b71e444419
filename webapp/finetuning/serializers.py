"""Fine-tune jobs as REST takes and shows them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from webapp.finetuning.models import Figure, FineTuneJob
from webapp.finetuning.services import Wanted
from webapp.reviews.models import DataSetVersion
from webapp.training.models import ModelVersion


class WantedSerializer(serializers.Serializer[Any]):
    """A new job."""

    data_set = serializers.SlugRelatedField(
        slug_field="digest",
        queryset=DataSetVersion.objects.all(),
        help_text="Digest of a frozen data set.",
    )
    preset = serializers.ChoiceField(
        choices=FineTuneJob.Preset.choices, default=FineTuneJob.Preset.LORA_SMALL
    )
    base = serializers.SlugRelatedField(
        slug_field="digest",
        queryset=ModelVersion.objects.all(),
        required=False,
        allow_null=True,
        help_text="Digest of the version to start from; else the active one.",
    )
    title = serializers.CharField(max_length=128, required=False, allow_blank=True)
    settings = serializers.DictField(
        source="fields_",
        required=False,
        help_text="In place of the preset's own figures: epochs, batch_size, "
        "micro_batch_size, learning_rate, warmup_ratio, weight_decay, max_length, "
        "validation_examples, samples, rank, alpha, save_every, processes, seed, "
        "precision.",
    )
    priority = serializers.IntegerField(min_value=-100, max_value=100, default=0)
    only_at_night = serializers.BooleanField(default=False)

    def wanted(self) -> Wanted:
        """The checked request as the service takes it."""
        fields = dict(self.validated_data)
        return Wanted(fields=fields.pop("fields_", {}), **fields)


class EstimateSerializer(serializers.Serializer[Any]):
    """What a job will need; null where it cannot be known."""

    steps = serializers.IntegerField()
    examples = serializers.IntegerField()
    seconds = serializers.IntegerField(allow_null=True)
    seconds_from = serializers.CharField()
    memory_bytes = serializers.IntegerField(allow_null=True)
    disk_bytes = serializers.IntegerField(allow_null=True)
    free_bytes = serializers.IntegerField()


class FineTuneFailureSerializer(serializers.Serializer[Any]):
    """Why there is no candidate, in words for the person."""

    code = serializers.CharField()
    message = serializers.CharField()


class FineTuneLinksSerializer(serializers.Serializer[Any]):
    """Where to go on."""

    self = serializers.CharField()
    metrics = serializers.CharField()
    page = serializers.CharField()


class FineTuneJobSerializer(serializers.ModelSerializer[FineTuneJob]):
    """A job and how far it is."""

    created_by = serializers.CharField(source="created_by.username")
    data_set = serializers.CharField(source="data_set.digest")
    base = serializers.CharField(source="base.digest")
    settings = serializers.JSONField(source="fields")
    estimate = EstimateSerializer()
    failure = serializers.SerializerMethodField()
    model_version = serializers.SerializerMethodField(
        help_text="Digest of the candidate that came of it."
    )
    links = serializers.SerializerMethodField()
    intended_use = serializers.SerializerMethodField()

    class Meta:
        model = FineTuneJob
        fields = (
            "id",
            "title",
            "created_by",
            "state",
            "step",
            "total",
            "eta_s",
            "note",
            "data_set",
            "base",
            "preset",
            "settings",
            "config",
            "estimate",
            "priority",
            "only_at_night",
            "memory_bytes",
            "free_bytes",
            "failure",
            "evaluation",
            "model_version",
            "links",
            "created_at",
            "started_at",
            "ended_at",
            "intended_use",
        )

    @extend_schema_field(FineTuneFailureSerializer(allow_null=True))
    def get_failure(self, job: FineTuneJob) -> dict[str, str] | None:
        if job.state != FineTuneJob.State.FAILED:
            return None
        return {"code": job.failure_code, "message": job.failure_message}

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_model_version(self, job: FineTuneJob) -> str | None:
        return job.model_version.digest if job.model_version else None

    @extend_schema_field(FineTuneLinksSerializer)
    def get_links(self, job: FineTuneJob) -> dict[str, str]:
        return {
            "self": reverse("api:finetune-job", args=(job.pk,)),
            "metrics": reverse("api:finetune-metrics", args=(job.pk,)),
            "page": reverse("finetune-job", args=(job.pk,)),
        }

    def get_intended_use(self, job: FineTuneJob) -> str:
        return str(settings.INTENDED_USE)


class FigureSerializer(serializers.ModelSerializer[Figure]):
    """One line of the trainer's metrics."""

    class Meta:
        model = Figure
        fields = ("kind", "step", "data")
