"""REST: the caller's uploads. Large files come by tus at `uploads/tus/`."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from webapp.accounts.models import User
from webapp.accounts.permissions import MayUpload
from webapp.audit.record import record
from webapp.slides.models import Slide, Upload
from webapp.slides.serializers import (
    FolderSerializer,
    FormUploadSerializer,
    SlideSerializer,
    UploadSerializer,
)
from webapp.slides.uploads.form import FolderUploadHandler, take_over
from webapp.slides.uploads.part_file import PartFile
from webapp.slides.uploads.quota import refuse_over_quota, refuse_size
from webapp.slides.uploads.services import (
    begin_upload,
    complete_folder,
    complete_upload,
    end_upload,
)


class UploadQuery(generics.GenericAPIView[Upload]):
    """Each person's own; nobody else's, not even an administrator's."""

    permission_classes = (MayUpload,)
    serializer_class = UploadSerializer
    queryset = Upload.objects.all()

    def get_queryset(self) -> QuerySet[Upload]:
        return Upload.objects.filter(owner=self.request.user.pk)


class UploadListView(UploadQuery, generics.ListAPIView[Upload]):
    """Unfinished and finished uploads, and a plain form for scripts."""

    filterset_fields = ("state", "folder")
    parser_classes = (MultiPartParser,)

    def initialize_request(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> Request:
        """Choose where the form's file goes, before anything reads the form."""
        request.upload_handlers = [FolderUploadHandler(request)]
        return super().initialize_request(request, *args, **kwargs)

    @extend_schema(operation_id="uploads_list", summary="The caller's uploads")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="uploads_form",
        summary="Send a small file in one form; large ones by tus at uploads/tus/",
        request={"multipart/form-data": FormUploadSerializer},
        responses={201: UploadSerializer},
    )
    def post(self, request: Request) -> Response:
        user = request.user
        assert isinstance(user, User)  # noqa: S101 -- by MayUpload
        announced = int(request.META.get("CONTENT_LENGTH") or 0)
        refuse_size(announced)
        refuse_over_quota(user, announced)
        asked = FormUploadSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        file = asked.validated_data["file"]
        upload = begin_upload(user, file.name, file.size)
        take_over(file, PartFile(upload.id))
        complete_upload(upload)
        upload.refresh_from_db()
        return Response(self.get_serializer(upload).data, status.HTTP_201_CREATED)


class UploadView(UploadQuery):
    """One upload."""

    @extend_schema(operation_id="uploads_read", summary="One upload")
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(
        operation_id="uploads_delete",
        summary="Forget an upload and its bytes; a slide made of it stays",
        responses={204: None},
    )
    def delete(self, request: Request, pk: uuid.UUID) -> Response:
        end_upload(self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)


class FolderView(UploadQuery):
    """The files of one slide, sent one by one with the same `folder` in their metadata.

    Of MIRAX and DICOM slides each file is an upload with the metadata `folder`, a UUID
    of the caller's choice, and `relativePath`; when all are complete this makes the
    slide. Doing it again gives the same slide.
    """

    @extend_schema(
        operation_id="uploads_folder_complete",
        summary="Make a slide of the uploads of one folder",
        request=FolderSerializer,
        responses={201: SlideSerializer},
    )
    def post(self, request: Request, folder: uuid.UUID) -> Response:
        user = request.user
        assert isinstance(user, User)  # noqa: S101 -- by MayUpload
        asked = FolderSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            slide: Slide = complete_folder(user, folder, **asked.validated_data)
        except Upload.DoesNotExist:
            raise Http404 from None
        record(request, "slide.upload", on=slide)
        body = SlideSerializer(slide, context=self.get_serializer_context()).data
        return Response(body, status.HTTP_201_CREATED)
