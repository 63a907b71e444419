"""REST: asking, watching, stopping, and the pixels that the model saw."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.cache import get_conditional_response
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from redis.exceptions import RedisError
from rest_framework import generics, status
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from dragonfly.geometry import Region
from webapp.accounts.models import User
from webapp.accounts.permissions import IsSignedIn
from webapp.audit.record import client_address
from webapp.event_stream import known_id
from webapp.questions.crops import encode_crop, find_crop
from webapp.questions.history import read_events
from webapp.questions.models import Question
from webapp.questions.serializers import (
    AskedSerializer,
    AskSerializer,
    EventsSerializer,
    QuestionSerializer,
    WorkersSerializer,
)
from webapp.questions.services import ask_question, stop_question
from webapp.questions.workers import live_workers
from webapp.slides.models import Slide


def person(request: Request) -> User:
    """Who asks; `IsSignedIn` has made sure of it."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def visible_questions(request: Request) -> QuerySet[Question]:
    """Those of slides that the caller may see, with what is shown of each."""
    return (
        Question.objects.visible_to(request.user)
        .select_related("slide", "asker", "model_version", "answer")
        .prefetch_related("evidence")
    )


class QuestionView(APIView):
    """A view of one question that the caller may see; 404 for everyone else."""

    permission_classes = (IsSignedIn,)

    def question(self, request: Request, pk: UUID) -> Question:
        return get_object_or_404(visible_questions(request), pk=pk)


class QuestionListView(generics.ListAPIView[Question]):
    """The questions of the slides that the caller may see."""

    permission_classes = (IsSignedIn,)
    serializer_class = QuestionSerializer
    queryset = Question.objects.none()
    filterset_fields = ("slide", "state")

    def get_queryset(self) -> QuerySet[Question]:
        return visible_questions(self.request)

    @extend_schema(operation_id="questions_list", summary="Questions, newest first")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="questions_ask",
        summary="Ask about a slide or a part of it",
        request=AskSerializer,
        responses={
            201: AskedSerializer,
            200: OpenApiResponse(AskedSerializer, "The same was asked before."),
        },
    )
    def post(self, request: Request) -> Response:
        """201 for a new question; 200 with an earlier one that is the same."""
        asked = AskSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        fields = asked.validated_data
        slides = Slide.objects.visible_to(request.user)
        done = ask_question(
            asker=person(request),
            slide=get_object_or_404(slides, pk=fields["slide"]),
            text=fields["text"],
            scope=fields["scope"],
            region=Region(**fields["region"]) if fields.get("region") else None,
            again=fields["again"],
            address=client_address(request),
        )
        # Read anew: since the commit the message has been sent.
        question = visible_questions(request).get(pk=done.question.pk)
        context = {"request": request, "existing": done.is_existing}
        return Response(
            AskedSerializer(question, context=context).data,
            status.HTTP_200_OK if done.is_existing else status.HTTP_201_CREATED,
            headers={"Location": reverse("api:question", args=(question.pk,))},
        )


class QuestionDetailView(QuestionView):
    """One question with its answer and evidence."""

    @extend_schema(
        operation_id="questions_get",
        summary="A question, its answer and its evidence",
        responses=QuestionSerializer,
    )
    def get(self, request: Request, pk: UUID) -> Response:
        question = self.question(request, pk)
        return Response(QuestionSerializer(question, context={"request": request}).data)


class QuestionStopView(QuestionView):
    """Stopping."""

    @extend_schema(
        operation_id="questions_stop",
        summary="Stop answering; what has been written is kept",
        request=None,
        responses=QuestionSerializer,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Stopping twice, or after the end, changes nothing."""
        question = self.question(request, pk)
        if not question.may_be_stopped_by(request.user):
            raise PermissionDenied("Only who asked, or owns the slide, may stop it.")
        stop_question(
            question=question, actor=person(request), address=client_address(request)
        )
        question = self.question(request, pk)
        return Response(QuestionSerializer(question, context={"request": request}).data)


class QuestionEventsView(QuestionView):
    """What a socket would tell, for callers without one."""

    @extend_schema(
        operation_id="questions_events",
        summary="The events of a question after one that is known",
        parameters=[OpenApiParameter("after", str, description="The last known id.")],
        responses=EventsSerializer,
    )
    def get(self, request: Request, pk: UUID) -> Response:
        question = self.question(request, pk)
        after = known_id(request.query_params.get("after"))
        events = read_events(question, after)
        return Response(
            {
                "events": [event.fields() for event in events],
                "last": events[-1].id if events else after,
                "is_open": question.is_open,
            }
        )


class CropView(QuestionView):
    """The picture on an evidence card."""

    @extend_schema(
        operation_id="questions_crop",
        summary="The exact pixels that the model was given of one evidence region",
        responses={(200, "image/png"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, pk: UUID, number: int) -> HttpResponse:
        question = self.question(request, pk)
        crop = find_crop(question, number)
        if crop is None:
            raise NotFound
        http: HttpRequest = request._request
        response = get_conditional_response(http, etag=crop.etag)
        if response is None or response.status_code != status.HTTP_304_NOT_MODIFIED:
            content = encode_crop(question, crop)
            response = HttpResponse(content, content_type="image/png")
        response["ETag"] = crop.etag
        # While it runs, the same number may come to mean another region.
        age = "no-cache" if question.is_open else "max-age=3600"
        response["Cache-Control"] = f"private, {age}"
        return response


class WorkersView(APIView):
    """Whether anybody is there to answer."""

    permission_classes = (IsSignedIn,)

    @extend_schema(
        operation_id="workers",
        summary="Inference workers, and how many questions wait and run",
        responses=WorkersSerializer,
    )
    def get(self, request: Request) -> Response:
        """Tells nothing of whose questions they are."""
        states = Question.objects.values_list("state", flat=True)
        body: dict[str, Any] = {
            "queue": "ok",
            "workers": [],
            "waiting": states.filter(state=Question.State.QUEUED).count(),
            "running": states.filter(state__in=Question.RUNNING).count(),
        }
        try:
            body["workers"] = live_workers()
        except RedisError:
            body["queue"] = "down"
        return Response(WorkersSerializer(body).data)
