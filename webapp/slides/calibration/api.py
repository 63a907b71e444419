"""REST: setting the pixel size of a slide, and taking that back."""

from __future__ import annotations

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from webapp.accounts.models import User
from webapp.audit.record import record
from webapp.slides.api import SlideQuery
from webapp.slides.calibration.serializers import CalibrateSerializer
from webapp.slides.calibration.services import calibrate, withdraw
from webapp.slides.models import Slide
from webapp.slides.serializers import SlideSerializer
from webapp.slides.tiles.api import NotReadyError


class CalibrationView(SlideQuery):
    """The owner's and administrators' business; everyone who sees the slide sees it."""

    @extend_schema(
        operation_id="slides_calibrate",
        summary="Set the pixel size, by a line of known length or directly",
        request=CalibrateSerializer,
        responses=SlideSerializer,
    )
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        slide = self.get_own()
        if not slide.is_viewable:
            raise NotReadyError
        assert isinstance(request.user, User)  # noqa: S101 - for mypy; `get_own` saw to it
        asked = CalibrateSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        before = (slide.mpp_x, slide.mpp_y)
        after = calibrate(slide, request.user, asked.measure)
        sizes = {"before": before, "after": (after.mpp_x, after.mpp_y)}
        record(
            request, "slide.calibrate", on=slide, **sizes, asked=asked.validated_data
        )
        return self._current(slide)

    @extend_schema(
        operation_id="slides_withdraw_calibration",
        summary="Go back to the pixel size that the file states",
        responses=SlideSerializer,
    )
    def delete(self, request: Request, pk: uuid.UUID) -> Response:
        slide = self.get_own()
        if withdraw(slide):
            before = (slide.mpp_x, slide.mpp_y)
            record(request, "slide.withdraw_calibration", on=slide, before=before)
        return self._current(slide)

    def _current(self, slide: Slide) -> Response:
        return Response(self.get_serializer(self.get_queryset().get(pk=slide.pk)).data)
