"""REST: asking for fine-tune jobs, watching and steering them. Administrators alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import generics, status
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from webapp.accounts.permissions import IsAdministrator
from webapp.api.idempotency import IDEMPOTENCY_KEY, key_of, make_once
from webapp.api.idempotency import Request as Named
from webapp.audit.record import client_address
from webapp.finetuning import services
from webapp.finetuning.models import Figure, FineTuneJob, FineTuneKey
from webapp.finetuning.serializers import (
    EstimateSerializer,
    FigureSerializer,
    FineTuneJobSerializer,
    WantedSerializer,
)
from webapp.questions.api import person

RETRY_AFTER_S = 5
MOST_FIGURES = 5000
KEPT = ("data_set", "base", "created_by", "model_version")


class FineTuneJobFilter(django_filters.FilterSet):  # type: ignore[misc]
    """`?state=queued&state=training`."""

    state = django_filters.MultipleChoiceFilter(choices=FineTuneJob.State.choices)

    class Meta:
        model = FineTuneJob
        fields = ("state",)


class FineTuneJobListView(generics.ListAPIView[FineTuneJob]):
    """All jobs."""

    permission_classes: tuple[type[BasePermission], ...] = (IsAdministrator,)
    serializer_class = FineTuneJobSerializer
    queryset = FineTuneJob.objects.select_related(*KEPT)
    filterset_class = FineTuneJobFilter

    @extend_schema(operation_id="finetune_list", summary="Fine-tune jobs, newest first")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="finetune_create",
        summary="Train a candidate on a frozen data set",
        description="The candidate answers nobody until people activate it.",
        parameters=[IDEMPOTENCY_KEY],
        request=WantedSerializer,
        responses={
            202: OpenApiResponse(
                FineTuneJobSerializer, "Taken; Location says where to look."
            )
        },
    )
    def post(self, request: Request) -> Response:
        """202 with the job; the same one for a request that was repeated."""
        key = key_of(request.headers.get("Idempotency-Key", ""))
        user, address = person(request), client_address(request)
        job, was_here = make_once(
            FineTuneKey,
            Named(user, key, request.data),
            lambda: services.ask_for_job(wanted_of(request), user, address),
        )
        return taken(job, was_here=was_here)


class EstimateView(APIView):
    """What a job would need."""

    permission_classes = (IsAdministrator,)

    @extend_schema(
        operation_id="finetune_estimate",
        summary="Time, memory and disk of a job, without starting it",
        request=WantedSerializer,
        responses=EstimateSerializer,
    )
    def post(self, request: Request) -> Response:
        """The same refusals as for a job."""
        return Response(services.checked(wanted_of(request)).estimate)


def wanted_of(request: Request) -> services.Wanted:
    """The checked body."""
    asked = WantedSerializer(data=request.data)
    asked.is_valid(raise_exception=True)
    return asked.wanted()


def taken(job: FineTuneJob, *, was_here: bool = False) -> Response:
    """202 with where and when to look."""
    fresh = FineTuneJob.objects.select_related(*KEPT).get(pk=job.pk)
    headers = {
        "Location": reverse("api:finetune-job", args=(job.pk,)),
        "Retry-After": str(RETRY_AFTER_S),
    }
    if was_here:
        headers["Idempotency-Replayed"] = "true"
    body = FineTuneJobSerializer(fresh).data
    return Response(body, status.HTTP_202_ACCEPTED, headers=headers)


class OneJobView(APIView):
    """A view of one job."""

    permission_classes = (IsAdministrator,)

    def job(self, pk: UUID) -> FineTuneJob:
        return get_object_or_404(FineTuneJob.objects.select_related(*KEPT), pk=pk)

    def act(self, request: Request, pk: UUID, verb: Callable[..., None]) -> Response:
        """Steer it."""
        job = self.job(pk)
        verb(job, person(request), client_address(request))
        return taken(job)


class FineTuneJobView(OneJobView):
    """One job."""

    @extend_schema(
        operation_id="finetune_read",
        summary="A fine-tune job and how far it is",
        responses=FineTuneJobSerializer,
    )
    def get(self, request: Request, pk: UUID) -> Response:
        return Response(FineTuneJobSerializer(self.job(pk)).data)

    @extend_schema(
        operation_id="finetune_cancel",
        summary="End a fine-tune job for good",
        responses={202: FineTuneJobSerializer},
    )
    def delete(self, request: Request, pk: UUID) -> Response:
        """409 for one that has ended."""
        return self.act(request, pk, services.cancel_job)


class PauseView(OneJobView):
    """Stop at a checkpoint."""

    @extend_schema(
        operation_id="finetune_pause",
        summary="Stop at the next checkpoint",
        request=None,
        responses={202: FineTuneJobSerializer},
    )
    def post(self, request: Request, pk: UUID) -> Response:
        return self.act(request, pk, services.pause_job)


class ResumeView(OneJobView):
    """Go on."""

    @extend_schema(
        operation_id="finetune_resume",
        summary="Go on from the last checkpoint",
        request=None,
        responses={202: FineTuneJobSerializer},
    )
    def post(self, request: Request, pk: UUID) -> Response:
        return self.act(request, pk, services.resume_job)


class MetricsView(OneJobView):
    """The curves."""

    @extend_schema(
        operation_id="finetune_metrics",
        summary="Loss and other figures by step",
        parameters=[OpenApiParameter("after", int, description="Only later steps.")],
        responses=FigureSerializer(many=True),
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """At most `MOST_FIGURES`, the earliest first."""
        after = request.query_params.get("after", "")
        figures: QuerySet[Figure] = self.job(pk).figures.all()
        if after.isdigit():
            figures = figures.filter(step__gt=min(int(after), 2**31 - 1))
        return Response(FigureSerializer(figures[:MOST_FIGURES], many=True).data)
