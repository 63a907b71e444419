"""REST: submitting jobs, watching them, and what came of them.

`?wait=` and `Prefer: wait=` are answered by `webapp.jobs.waiting`, in front of Django.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.cache import get_conditional_response
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import generics, status
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from dragonfly.errors import DragonflyError
from webapp.accounts.models import User
from webapp.accounts.permissions import IsSignedIn
from webapp.api.idempotency import IDEMPOTENCY_KEY, key_of, make_once
from webapp.api.idempotency import Request as Named
from webapp.audit.record import client_address, record
from webapp.jobs import services
from webapp.jobs.delivering import refuse_others
from webapp.jobs.models import IdempotencyKey, Job
from webapp.jobs.results import ResultSerializer, result_of
from webapp.jobs.serializers import JobSerializer, SubmitSerializer, wish_fields

RETRY_AFTER_S = 2
"""What a poller is asked to wait; `?wait=` is better."""
WAIT = OpenApiParameter(
    "wait",
    int,
    description="Answer when the job has ended, or after so many seconds, 60 at most. "
    "`Prefer: wait=` does the same.",
)


class JobFilter(django_filters.FilterSet):  # type: ignore[misc]
    """`?state=queued&state=running&study=1.2.3&created_after=2026-01-01T00:00Z`."""

    state = django_filters.MultipleChoiceFilter(choices=Job.State.choices)
    slide = django_filters.UUIDFilter(method="of_slide")
    study = django_filters.CharFilter(field_name="study_uid")
    created_after = django_filters.IsoDateTimeFilter("created_at", "gte")
    created_before = django_filters.IsoDateTimeFilter("created_at", "lt")

    class Meta:
        model = Job
        fields = ("state", "slide", "study", "created_after", "created_before")

    def of_slide(self, jobs: QuerySet[Job], _: str, slide: UUID) -> QuerySet[Job]:
        """About this slide, however it was named."""
        named = jobs.filter(slide=slide) | jobs.filter(items__slide=slide)
        return named.distinct()


def visible_jobs(user: Any) -> QuerySet[Job]:
    """Those of the caller, with what is shown of each."""
    jobs = Job.objects.visible_to(user).select_related("owner", "model_version")
    return jobs.prefetch_related("items__question", "destinations")


class JobListView(generics.ListAPIView[Job]):
    """The caller's jobs."""

    permission_classes: tuple[type[BasePermission], ...] = (IsSignedIn,)
    serializer_class = JobSerializer
    queryset = Job.objects.none()
    filterset_class = JobFilter

    def get_queryset(self) -> QuerySet[Job]:
        return visible_jobs(self.request.user)

    @extend_schema(operation_id="jobs_list", summary="Jobs, newest first")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response = super().get(request, *args, **kwargs)
        if following := response.data["next"]:
            response["Link"] = f'<{following}>; rel="next"'
        return response

    @extend_schema(
        operation_id="jobs_submit",
        summary="Ask about a slide, an upload or stored DICOM",
        description="The job waits while its slide is being prepared.",
        parameters=[IDEMPOTENCY_KEY],
        request=SubmitSerializer,
        responses={
            202: OpenApiResponse(
                JobSerializer, "Taken; Location says where to look, Retry-After when."
            )
        },
    )
    def post(self, request: Request) -> Response:
        """202 with the job; the same one for a request that was repeated."""
        assert isinstance(request.user, User)  # noqa: S101 -- by IsSignedIn
        user, address = request.user, client_address(request)
        key = key_of(request.headers.get("Idempotency-Key", ""))

        def submit() -> Job:
            asked = SubmitSerializer(data=request.data, context={"request": request})
            asked.is_valid(raise_exception=True)
            return services.submit_job(
                user, wish_of(user, asked.validated_data), address=address
            )

        named = Named(user, key, request.data)
        job, was_here = make_once(IdempotencyKey, named, submit)
        return accepted(visible_jobs(user).get(pk=job.pk), was_here)


def wish_of(user: User, fields: dict[str, Any]) -> services.Wish:
    """A checked request as the service takes it.

    Raises:
        DragonflyError: NO_PERMISSION.
    """
    named = wish_fields(user, fields["input"])
    if fields["deliver"]:
        refuse_others(user, named)
    return services.Wish(
        asked=fields["questions"],
        model_version=fields.get("model_version"),
        again=fields["again"],
        priority=fields["priority"],
        destinations=fields["deliver"],
        **named,
    )


def accepted(job: Job, was_here: bool) -> Response:
    """202 with where and when to look."""
    headers = {
        "Location": reverse("api:job", args=(job.pk,)),
        "Retry-After": str(RETRY_AFTER_S),
    }
    if was_here:
        headers["Idempotency-Replayed"] = "true"
    return Response(JobSerializer(job).data, status.HTTP_202_ACCEPTED, headers=headers)


class OneJobView(APIView):
    """A view of one job of the caller's; 404 for everyone else."""

    permission_classes = (IsSignedIn,)

    def job(self, request: Request, pk: UUID) -> Job:
        return get_object_or_404(visible_jobs(request.user), pk=pk)


class JobView(OneJobView):
    """One job."""

    @extend_schema(
        operation_id="jobs_read",
        summary="A job and how far it is",
        parameters=[WAIT],
        responses={200: JobSerializer, 304: OpenApiResponse(description="As known.")},
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """With an ETag; with Retry-After while more will happen."""
        job = self.job(request, pk)
        body = JobSerializer(job).data
        etag = f'"{hashlib.sha256(json.dumps(body).encode()).hexdigest()[:32]}"'
        http: HttpRequest = request._request
        known = get_conditional_response(http, etag=etag)
        response = Response(body)
        if known is not None and known.status_code == status.HTTP_304_NOT_MODIFIED:
            response = Response(status=status.HTTP_304_NOT_MODIFIED)
        response["ETag"] = etag
        if job.is_open:
            response["Retry-After"] = str(RETRY_AFTER_S)
        return response

    @extend_schema(
        operation_id="jobs_cancel",
        summary="Cancel a job; its questions are stopped",
        responses={202: JobSerializer},
    )
    def delete(self, request: Request, pk: UUID) -> Response:
        """409 for one that has ended."""
        assert isinstance(request.user, User)  # noqa: S101 -- by IsSignedIn
        job = self.job(request, pk)
        if not services.cancel_job(job, request.user, address=client_address(request)):
            raise DragonflyError("JOB_ENDED", "The job has ended already.")
        body = JobSerializer(self.job(request, pk)).data
        return Response(body, status.HTTP_202_ACCEPTED)


class JobResultView(OneJobView):
    """What came of one job."""

    @extend_schema(
        operation_id="jobs_result",
        summary="Answers, evidence and where they come from",
        responses=ResultSerializer,
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """409 until it has ended; of a failed one, what was answered all the same."""
        job = self.job(request, pk)
        if job.is_open:
            raise DragonflyError("JOB_OPEN", "The job has not ended. Ask again later.")
        record(request, "job.read_result", on=job)
        return Response(result_of(job, request.user))
