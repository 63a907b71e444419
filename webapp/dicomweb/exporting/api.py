"""REST: the de-identified copy of a study, and the reports of what was done."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from webapp.accounts.permissions import IsSignedIn, MayUpload
from webapp.deidentification.models import Report
from webapp.dicomweb.exporting.exporting import export_study

MOST_LOOKED_AT = 5000


class ExportSerializer(serializers.Serializer[Any]):
    looked_at = serializers.ListField(
        child=serializers.RegexField(r"^[0-9.]{1,64}$"),
        max_length=MOST_LOOKED_AT,
        default=list,
        help_text="SOP Instance UIDs of the objects at whose pixels a person has "
        "looked and found nobody named. Labels, overviews and documents are withheld "
        "all the same.",
    )


class ReportSerializer(serializers.ModelSerializer[Report]):
    profile = serializers.CharField(source="profile.name", read_only=True)
    done = serializers.DictField(
        child=serializers.IntegerField(),
        read_only=True,
        help_text="How many attributes were removed, emptied, replaced, and how many "
        "UIDs and dates were changed.",
    )
    withheld = serializers.ListField(
        child=serializers.DictField(child=serializers.CharField()),
        read_only=True,
        help_text="Objects that did not go, by their new UIDs, and why.",
    )

    class Meta:
        model = Report
        fields = (
            "id",
            "study_uid",
            "way",
            "profile",
            "edition",
            "object_count",
            "done",
            "withheld",
            "created_at",
        )
        read_only_fields = fields


class ExportView(APIView):
    """A study without what names its patient."""

    permission_classes = (MayUpload,)
    scope = "dicomweb.read"

    @extend_schema(
        operation_id="studies_deidentify",
        request=ExportSerializer,
        responses={
            (200, "application/zip"): OpenApiResponse(
                OpenApiTypes.BINARY,
                description="The copies, and last `report.json`; what was withheld and "
                "why is in there.",
            )
        },
    )
    def post(self, request: Request, study: str) -> StreamingHttpResponse:
        """De-identify by the profile of the study's account; the study stays."""
        asked = ExportSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        user: Any = request.user
        looked_at = frozenset(asked.validated_data["looked_at"])
        name, pieces = export_study(user, study, looked_at)
        response = StreamingHttpResponse(pieces, content_type="application/zip")
        response.headers["Content-Disposition"] = f'attachment; filename="{name}.zip"'
        response.headers["Cache-Control"] = "no-store"
        return response


class ReportListView(generics.ListAPIView[Report]):
    """What was de-identified for the caller, on whichever way; the newest first."""

    serializer_class = ReportSerializer
    permission_classes = (IsSignedIn,)

    def get_queryset(self) -> QuerySet[Report]:
        reports = Report.objects.select_related("profile")
        user: Any = self.request.user
        if getattr(user, "is_administrator", False):
            return reports
        return reports.filter(owner=user.pk)
