"""REST: reviewing answers, and what administrators decide on reviews."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, status
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from webapp.accounts.permissions import IsAdministrator, IsSignedIn
from webapp.audit.record import client_address
from webapp.questions.api import person, visible_questions
from webapp.reviews import services
from webapp.reviews.agreement import agreements
from webapp.reviews.models import Review
from webapp.reviews.serializers import (
    AcceptSerializer,
    AgreementsSerializer,
    RejectSerializer,
    ReviewSerializer,
    ReviewWriteSerializer,
)

MOST_ID = 2**63 - 1
"""What a key of the database can be."""


class ReviewFilter(django_filters.FilterSet):  # type: ignore[misc]
    """`?verdict=wrong&model_version=3&disagreement=true`."""

    slide = django_filters.UUIDFilter(field_name="question__slide_id")
    reviewer = django_filters.CharFilter(field_name="reviewer__username")
    model_version = django_filters.NumberFilter(
        field_name="question__model_version_id", min_value=0, max_value=MOST_ID
    )
    disagreement = django_filters.BooleanFilter(method="that_disagree")

    class Meta:
        model = Review
        fields = ("verdict", "state", "question")

    def that_disagree(
        self, reviews: QuerySet[Review], _: str, wanted: bool
    ) -> QuerySet[Review]:
        """Those of answers that somebody else judges otherwise."""
        some = Review.objects.disagreeing().values("pk")
        return reviews.filter(pk__in=some) if wanted else reviews.exclude(pk__in=some)


def visible_reviews(user: Any) -> QuerySet[Review]:
    """Those of answers that the caller may see, with what is shown of each."""
    reviews = Review.objects.visible_to(user)
    return reviews.select_related("question__slide", "reviewer", "example")


class ReviewListView(generics.ListAPIView[Review]):
    """The newest review of each person and answer."""

    permission_classes = (IsSignedIn,)
    serializer_class = ReviewSerializer
    queryset = Review.objects.none()
    filterset_class = ReviewFilter

    def get_queryset(self) -> QuerySet[Review]:
        return visible_reviews(self.request.user).filter(is_current=True)

    @extend_schema(operation_id="reviews_list", summary="Reviews, newest first")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class QuestionReviewsView(generics.ListAPIView[Review]):
    """The reviews of one answer."""

    permission_classes = (IsSignedIn,)
    serializer_class = ReviewSerializer
    queryset = Review.objects.none()
    filterset_fields = ()

    def get_queryset(self) -> QuerySet[Review]:
        question = get_object_or_404(
            visible_questions(self.request), pk=self.kwargs["pk"]
        )
        reviews = visible_reviews(self.request.user).filter(question=question)
        if self.request.query_params.get("history") == "true":
            return reviews
        return reviews.filter(is_current=True)

    @extend_schema(
        operation_id="questions_reviews",
        summary="The reviews of an answer: the newest of each person",
        parameters=[OpenApiParameter("history", bool, description="Every version.")],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="questions_review",
        summary="Review an answer; your earlier review of it is superseded",
        request=ReviewWriteSerializer,
        responses={201: ReviewSerializer},
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Nobody else's review changes."""
        question = get_object_or_404(visible_questions(request), pk=pk)
        said = ReviewWriteSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        review = services.review_answer(
            question, person(request), said.judgement, client_address(request)
        )
        return Response(
            ReviewSerializer(review, context={"request": request}).data,
            status.HTTP_201_CREATED,
            headers={"Location": reverse("api:review", args=(review.pk,))},
        )


class OneReviewView(APIView):
    """A view of one review that the caller may see; 404 for everyone else."""

    permission_classes: tuple[type[BasePermission], ...] = (IsSignedIn,)

    def shown(self, request: Request, pk: UUID) -> Response:
        review = get_object_or_404(visible_reviews(request.user), pk=pk)
        return Response(ReviewSerializer(review, context={"request": request}).data)


class ReviewView(OneReviewView):
    """One review."""

    @extend_schema(
        operation_id="reviews_read", summary="A review", responses=ReviewSerializer
    )
    def get(self, request: Request, pk: UUID) -> Response:
        return self.shown(request, pk)


class AcceptView(OneReviewView):
    """Making an example of a review."""

    permission_classes = (IsAdministrator,)

    @extend_schema(
        operation_id="reviews_accept",
        summary="Make an example of a review, as it is or with changes",
        request=AcceptSerializer,
        responses=ReviewSerializer,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        review = get_object_or_404(visible_reviews(request.user), pk=pk)
        asked = AcceptSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        services.accept_review(
            review, person(request), asked.edit, client_address(request)
        )
        return self.shown(request, pk)


class RejectView(OneReviewView):
    """Learning nothing from a review."""

    permission_classes = (IsAdministrator,)

    @extend_schema(
        operation_id="reviews_reject",
        summary="Learn nothing from a review",
        request=RejectSerializer,
        responses=ReviewSerializer,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        review = get_object_or_404(visible_reviews(request.user), pk=pk)
        asked = RejectSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        services.reject_review(
            review,
            person(request),
            asked.validated_data["reason"],
            client_address(request),
        )
        return self.shown(request, pk)


class AgreementView(APIView):
    """Double reading."""

    permission_classes = (IsAdministrator,)

    @extend_schema(
        operation_id="reviews_agreement",
        summary="How far every two reviewers agree (Cohen's kappa)",
        responses=AgreementsSerializer,
    )
    def get(self, request: Request) -> Response:
        return Response(AgreementsSerializer({"pairs": agreements()}).data)
