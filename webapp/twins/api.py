"""REST: the DICOM copy of a slide that did not come as DICOM."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from webapp.accounts.models import User
from webapp.accounts.permissions import MayUpload
from webapp.slides.models import Slide
from webapp.twins import services
from webapp.twins.models import Twin
from webapp.twins.serializers import TwinSerializer


class SlideTwinView(generics.GenericAPIView[Twin]):
    """The twin of one slide."""

    permission_classes = (MayUpload,)
    serializer_class = TwinSerializer
    queryset = Twin.objects.none()

    def get_queryset(self) -> QuerySet[Twin]:
        return Twin.objects.visible_to(self.request.user)

    @extend_schema(
        operation_id="slides_dicom_read",
        summary="How far the DICOM copy of a slide is, and its study",
    )
    def get(self, request: Request, pk: UUID) -> Response:
        twin = get_object_or_404(self.get_queryset(), slide=pk)
        return Response(self.get_serializer(twin).data)

    @extend_schema(
        operation_id="slides_dicom_make",
        summary="Have a slide written as DICOM; what was written is not written again",
        request=None,
        responses={202: TwinSerializer},
    )
    def post(self, request: Request, pk: UUID) -> Response:
        slide = get_object_or_404(Slide.objects.visible_to(request.user), pk=pk)
        twin = services.ask_twin(slide, _owner(request, slide))
        body = self.get_serializer(twin).data
        return Response(body, status=status.HTTP_202_ACCEPTED)


def _owner(request: Request, slide: Slide) -> User:
    """Who asks, if it is their own slide; administrators may for all."""
    user = request.user
    if isinstance(user, User) and (user.is_administrator or slide.owner_id == user.pk):
        return user
    raise PermissionDenied("Only the owner of a slide can have it written as DICOM.")
