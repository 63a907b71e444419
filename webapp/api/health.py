"""`/api/v1/health`: whether the parts answer; open, quick, and without details."""

from __future__ import annotations

import logging
from http import HTTPStatus

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from inference_worker.messages import WORKER_KEYS

log = logging.getLogger(__name__)
PATIENCE_S = 1.0
PART_STATES = ["ok", "down"]


class HealthSerializer(serializers.Serializer[dict[str, object]]):
    """The parts of the site."""

    web = serializers.ChoiceField(choices=PART_STATES)
    database = serializers.ChoiceField(choices=PART_STATES)
    queue = serializers.ChoiceField(choices=PART_STATES)
    workers = serializers.IntegerField(
        help_text="Inference workers heard of lately; null while the queue is down."
    )


class HealthView(APIView):
    """For load balancers and the launcher."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="health",
        summary="Whether the parts of the site answer",
        auth=[],
        responses={200: HealthSerializer, 503: HealthSerializer},
    )
    def get(self, request: Request) -> Response:
        """503 when the database or the queue is down."""
        database, workers = database_answers(), live_workers()
        body = {
            "web": "ok",
            "database": "ok" if database else "down",
            "queue": "down" if workers is None else "ok",
            "workers": workers,
        }
        is_well = database and workers is not None
        return Response(
            body, HTTPStatus.OK if is_well else HTTPStatus.SERVICE_UNAVAILABLE
        )


def database_answers() -> bool:
    """The database runs a query."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        log.warning("The database does not answer.", exc_info=True)
        return False
    return True


def live_workers() -> int | None:
    """Inference workers whose heartbeat has not expired; None without a queue."""
    # Not the shared client: it waits, and this must say soon that nobody answers.
    client = redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=PATIENCE_S, socket_connect_timeout=PATIENCE_S
    )
    try:
        return sum(1 for _ in client.scan_iter(match=WORKER_KEYS, count=1000))
    except redis.RedisError:
        log.warning("The queue does not answer.", exc_info=True)
        return None
    finally:
        client.close()
