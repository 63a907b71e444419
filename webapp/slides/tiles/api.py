"""`POST /api/v1/slides/<id>/tile-token`: leave to see one slide's tiles for a while."""

from __future__ import annotations

import time
import uuid
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.shortcuts import get_object_or_404
from django.urls import get_script_prefix
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from webapp.accounts.models import User
from webapp.audit.record import record
from webapp.slides.models import Slide
from webapp.slides.tiles.application import LEASE_COOKIE
from webapp.slides.tiles.grant import Grant, digest_key
from webapp.slides.tiles.listing import publish, restore


class GridStepSerializer(serializers.Serializer[Any]):
    """One zoom step of the viewer's grid."""

    z = serializers.IntegerField()
    downsample = serializers.IntegerField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    columns = serializers.IntegerField()
    rows = serializers.IntegerField()
    stored = serializers.BooleanField(
        help_text="The file holds these tiles; asking for them costs next to nothing."
    )


class GridSerializer(serializers.Serializer[Any]):
    """Square tiles, cut at the right and bottom edge; coarsest step first."""

    tile = serializers.IntegerField()
    frames = serializers.IntegerField()
    steps = GridStepSerializer(many=True)


class TileTokenSerializer(serializers.Serializer[Any]):
    """Where the tiles are, and until when they may be asked for."""

    url = serializers.CharField(
        help_text="With {z}, {x} and {y} to fill in. It stays the same when the token "
        "is renewed, so that a browser finds the tiles that it has."
    )
    expires_at = serializers.DateTimeField()
    lease = serializers.CharField(
        help_text="For programs without cookies: add ?lease=... to the URL. Browsers "
        "get it as a cookie."
    )
    grid = GridSerializer()


class NotReadyError(APIException):
    """The slide has no tiles yet, or never will."""

    status_code = HTTPStatus.CONFLICT
    default_code = "SLIDE_NOT_READY"
    default_detail = "This slide cannot be looked at yet."


class TileTokenView(APIView):
    """Renew it a minute before it expires; who has lost access gets 404 then."""

    @extend_schema(request=None, responses=TileTokenSerializer)
    def post(self, request: Request, slide_id: uuid.UUID) -> Response:
        assert isinstance(request.user, User)  # noqa: S101 - for mypy; the site is closed
        slide = get_object_or_404(Slide.objects.visible_to(request.user), pk=slide_id)
        if not slide.is_viewable:
            raise NotReadyError
        publish(slide)
        restore(slide, request.user.pk)
        record(request, "slide.view", on=slide)
        return _granted(
            slide, Grant(request.user.pk, slide.pk, digest_key(slide.digest))
        )


def _granted(slide: Slide, grant: Grant) -> Response:
    lasts = settings.TILE_TOKEN_SECONDS
    ends_at = int(time.time()) + lasts
    folder = f"{get_script_prefix()}tiles/{grant.address}/"
    lease = grant.lease(ends_at)
    response = Response(
        {
            "url": folder + "{z}/{x}_{y}.jpg",
            "expires_at": datetime.fromtimestamp(ends_at, UTC),
            "lease": lease,
            "grid": slide.grid,
        },
        headers={"Cache-Control": "no-store"},
    )
    response.set_cookie(
        LEASE_COOKIE,
        lease,
        max_age=lasts,
        path=folder,
        secure=settings.BEHIND_HTTPS,
        httponly=True,
        samesite="Strict",
    )
    return response
