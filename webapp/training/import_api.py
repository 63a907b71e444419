"""REST: bringing in models from outside, by a folder of the site or by an upload."""

from __future__ import annotations

from http import HTTPStatus
from typing import IO, Any, cast

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import generics, serializers
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from webapp.accounts.models import User
from webapp.accounts.permissions import IsAdministrator
from webapp.audit.record import client_address
from webapp.training import incoming, services
from webapp.training.models import ModelImport, ModelVersion


class ReceivedFileSerializer(serializers.Serializer[Any]):
    """How much of one file is here."""

    name = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes; the offset of the next piece.")


class ModelImportSerializer(serializers.ModelSerializer[ModelImport]):
    """How far it is, and why it was refused."""

    created_by = serializers.CharField(source="created_by.username")
    files = serializers.SerializerMethodField()

    class Meta:
        model = ModelImport
        fields = (
            "id",
            "title",
            "folder",
            "is_upload",
            "base",
            "state",
            "is_at_work",
            "code",
            "message",
            "model_version",
            "created_by",
            "created_at",
            "ended_at",
            "files",
        )
        read_only_fields = fields

    def get_files(self, each: ModelImport) -> list[dict[str, Any]]:
        """Of an upload that is under way."""
        found = incoming.files_of(each) if each.is_open else {}
        files = [{"name": name, "size": size} for name, size in found.items()]
        return list(ReceivedFileSerializer(files, many=True).data)


class BringInSerializer(serializers.Serializer[Any]):
    """What is to be brought in."""

    folder = serializers.CharField(
        default="",
        allow_blank=True,
        max_length=255,
        help_text="Within models/incoming of the data folder; empty: files are sent.",
    )
    title = serializers.CharField(
        default="",
        allow_blank=True,
        max_length=128,
        help_text="What the version is to be called; empty: as the model says.",
    )
    base = serializers.PrimaryKeyRelatedField(
        queryset=ModelVersion.objects.all(),
        default=None,
        allow_null=True,
        help_text="For an adapter: the version that it was trained on.",
    )


class PieceParser(BaseParser):
    """The bytes as they are."""

    media_type = "application/octet-stream"

    def parse(self, stream: IO[bytes], *_: Any, **__: Any) -> Any:
        return stream.read()


class ModelImportsView(generics.ListAPIView[ModelImport]):
    """What was brought in, and bringing in more."""

    permission_classes = (IsAdministrator,)
    serializer_class = ModelImportSerializer
    queryset = ModelImport.objects.select_related("created_by")
    filterset_fields = ("state",)

    @extend_schema(operation_id="model_imports_list", summary="Models brought in")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="model_imports_create",
        summary="Bring in a checkpoint or an adapter",
        request=BringInSerializer,
        responses={201: ModelImportSerializer},
    )
    def post(self, request: Request) -> Response:
        said = BringInSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        user, about = cast(User, request.user), dict(said.validated_data)
        about["address"] = client_address(request)
        if folder := about.pop("folder"):
            made = services.import_folder(folder, user, **about)
        else:
            made = services.begin_upload(user, **about)
        return Response(ModelImportSerializer(made).data, HTTPStatus.CREATED)


class ModelImportView(APIView):
    """One import."""

    permission_classes = (IsAdministrator,)

    @extend_schema(
        operation_id="model_imports_read",
        summary="How far an import is",
        responses=ModelImportSerializer,
    )
    def get(self, request: Request, pk: str) -> Response:
        found = get_object_or_404(ModelImport, pk=pk)
        return Response(ModelImportSerializer(found).data)

    @extend_schema(
        operation_id="model_imports_cancel",
        summary="Cancel an import",
        responses={204: None},
    )
    def delete(self, request: Request, pk: str) -> Response:
        found = get_object_or_404(ModelImport, pk=pk)
        user = cast(User, request.user)
        services.cancel_import(found, user, client_address(request))
        return Response(status=HTTPStatus.NO_CONTENT)


class ModelImportFileView(APIView):
    """One file of an upload, in pieces that fit into a request."""

    permission_classes = (IsAdministrator,)
    parser_classes = (PieceParser,)

    @extend_schema(
        operation_id="model_imports_send",
        summary="Send the next piece of a file",
        parameters=[OpenApiParameter("offset", int, description="Bytes sent before.")],
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses=ReceivedFileSerializer,
    )
    def put(self, request: Request, pk: str, name: str) -> Response:
        found = get_object_or_404(ModelImport, pk=pk)
        offset = serializers.IntegerField(min_value=0)
        begin = offset.run_validation(request.query_params.get("offset", 0))
        sent: Any = request.data
        # Nothing sent is an empty form for the framework.
        piece = sent if isinstance(sent, bytes) else b""
        size = services.receive(found, name, begin, piece)
        return Response({"name": name, "size": size})


class SubmitModelImportView(APIView):
    """All files are here."""

    permission_classes = (IsAdministrator,)

    @extend_schema(
        operation_id="model_imports_submit",
        summary="Have the files that were sent checked",
        request=None,
        responses=ModelImportSerializer,
    )
    def post(self, request: Request, pk: str) -> Response:
        found = get_object_or_404(ModelImport, pk=pk)
        user = cast(User, request.user)
        services.submit_upload(found, user, client_address(request))
        return Response(ModelImportSerializer(found).data)


class IncomingFoldersView(APIView):
    """What an administrator has copied into models/incoming."""

    permission_classes = (IsAdministrator,)

    @extend_schema(
        operation_id="model_imports_folders",
        summary="Folders that can be brought in",
        responses=inline_serializer(
            "IncomingFolders",
            {"folders": serializers.ListField(child=serializers.CharField())},
        ),
    )
    def get(self, request: Request) -> Response:
        return Response({"folders": incoming.folders()})
