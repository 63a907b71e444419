"""REST: slides, and with whom they are shared."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import generics, status
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from webapp.accounts.models import User
from webapp.accounts.permissions import MayUpload
from webapp.api.editions import IF_MATCH, edition, locked, refuse_outdated
from webapp.audit.record import record
from webapp.slides.filters import SlideFilter
from webapp.slides.models import Slide, SlideAccess, SlideQuerySet
from webapp.slides.removal import delete_slide, restore_slide
from webapp.slides.serializers import AccessSerializer, SlideSerializer, may_edit
from webapp.slides.services import share_slide, unshare_slide

NOT_YOURS = "Only the owner of this slide or an administrator may do this."


class SlideQuery(generics.GenericAPIView[Slide]):
    """The slides that the caller sees."""

    permission_classes = (MayUpload,)
    serializer_class = SlideSerializer
    queryset = Slide.objects.all()

    def get_queryset(self) -> SlideQuerySet:
        seen = Slide.objects.visible_to(self.request.user)
        return seen.select_related("owner", "calibration__set_by")

    def get_own(self) -> Slide:
        """The slide, if the caller may change it."""
        slide = self.get_object()
        if not may_edit(self.request.user, slide):
            raise PermissionDenied(NOT_YOURS)
        return slide


class SlideListView(SlideQuery, generics.ListAPIView[Slide]):
    """The worklist; a duplicate is not in it, and is read by its identifier."""

    filterset_class = SlideFilter

    def get_queryset(self) -> SlideQuerySet:
        return super().get_queryset().without_duplicates()

    @extend_schema(operation_id="slides_list", summary="Slides, newest first")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class SlideView(SlideQuery):
    """One slide."""

    @extend_schema(operation_id="slides_read", summary="One slide")
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        return edition(self.get_serializer(self.get_object()).data)

    @extend_schema(
        operation_id="slides_update", summary="Rename a slide", parameters=[IF_MATCH]
    )
    @transaction.atomic
    def patch(self, request: Request, pk: uuid.UUID) -> Response:
        slide = locked(self.get_own())
        refuse_outdated(request, self.get_serializer(slide).data)
        asked = self.get_serializer(slide, data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        Slide.objects.filter(pk=slide.pk).update(**asked.validated_data)
        record(request, "slide.rename", on=slide)
        slide.refresh_from_db()
        return Response(self.get_serializer(slide).data)

    @extend_schema(
        operation_id="slides_delete",
        summary="Delete a slide; for a week it can be restored",
        responses={204: None},
    )
    def delete(self, request: Request, pk: uuid.UUID) -> Response:
        slide = self.get_own()
        if delete_slide(slide):
            record(request, "slide.delete", on=slide)
        return Response(status=status.HTTP_204_NO_CONTENT)


class SlideRestoreView(SlideQuery):
    """Undo of a deletion."""

    @extend_schema(
        operation_id="slides_restore", summary="Undo a deletion", request=None
    )
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        slide = get_object_or_404(Slide.objects.select_related("owner"), pk=pk)
        if not may_edit(request.user, slide) or not restore_slide(slide):
            raise Http404
        record(request, "slide.restore", on=slide)
        slide.refresh_from_db()
        return Response(self.get_serializer(slide).data)


USERNAME = OpenApiParameter("username", str, required=True)


@extend_schema_view(
    get=extend_schema(
        operation_id="slides_access_list",
        summary="With whom the slide is shared",
        responses=AccessSerializer(many=True),
    ),
    post=extend_schema(operation_id="slides_share", summary="Share with a colleague"),
    delete=extend_schema(
        operation_id="slides_unshare",
        summary="Share no longer",
        parameters=[USERNAME],
        responses={204: None},
    ),
)
class SlideAccessView(SlideQuery):
    """Shares of one slide; its owner's and administrators' business."""

    serializer_class = AccessSerializer  # type: ignore[assignment]
    pagination_class = None
    filter_backends = ()

    def get(self, request: Request, pk: uuid.UUID) -> Response:
        found: QuerySet[SlideAccess] = self.get_own().access.select_related("user")
        shares = found.order_by("user__username")
        return Response(AccessSerializer(shares, many=True).data)

    def post(self, request: Request, pk: uuid.UUID) -> Response:
        slide = self.get_own()
        asked = AccessSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        user: User = asked.validated_data["user"]
        access, is_new = share_slide(slide, user)
        if is_new:
            record(request, "slide.share", on=slide, user=user.username)
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(AccessSerializer(access).data, code)

    def delete(self, request: Request, pk: uuid.UUID) -> Response:
        slide = self.get_own()
        name = request.query_params.get("username", "")
        user = get_object_or_404(User, username=name, slide_access__slide=slide)
        if unshare_slide(slide, user):
            record(request, "slide.unshare", on=slide, user=user.username)
        return Response(status=status.HTTP_204_NO_CONTENT)
