"""The training worker's tasks: take a job, run it, say how it ended."""

from __future__ import annotations

import json
import logging
from contextlib import suppress
from dataclasses import asdict
from typing import Any

import redis
from celery.worker import state as celery_state

from inference_worker.app import app, send
from inference_worker.messages import (
    INSPECT_MODEL,
    MESSAGE_VERSION,
    RECORD_INSPECTION,
    RECORD_TRAINING,
    RECORD_TRAINING_END,
    RUN_TRAINING,
    STREAM_LENGTH,
    STREAM_SECONDS,
    Inspected,
    InspectRequest,
    TrainingEnded,
    TrainingTold,
    TrainRequest,
    inspection_alive_key,
    training_alive_key,
    training_attempt_key,
    training_claim_key,
    training_stream,
    training_wish_key,
)
from inference_worker.settings import worker_settings
from inference_worker.training.device import Device
from inference_worker.training.inspecting import inspect
from inference_worker.training.training import Left, Training, Wish

log = logging.getLogger(__name__)
SOCKET_SECONDS = 5.0
UNEXPECTED = (
    "Something went wrong on our side. It has been recorded; an administrator can "
    "resume the job from its last checkpoint."
)

MISMATCH = (
    "The training worker and the web application are of different versions. Ask an "
    "administrator to update both."
)


def connect() -> redis.Redis:
    """A client that gives up after seconds."""
    return redis.Redis.from_url(
        worker_settings().redis_url,
        decode_responses=True,
        socket_connect_timeout=SOCKET_SECONDS,
        socket_timeout=SOCKET_SECONDS,
    )


class QueueLine:
    """The wishes and the heartbeat of one attempt, through the queue's server."""

    def __init__(self, client: redis.Redis, request: TrainRequest) -> None:
        self._client = client
        self._request = request
        self._expiry_ms = round(worker_settings().heartbeat_expiry_s * 1000)

    def wish(self) -> Wish:
        """While the queue is away nobody can wish anything."""
        if celery_state.should_stop is not None or celery_state.should_terminate:
            return "leave"
        job = self._request.job_id
        keys = [training_attempt_key(job), training_wish_key(job)]
        try:
            found: Any = self._client.mget(keys)
        except redis.RedisError:
            return ""
        counts, said = found
        if counts is not None and counts != str(self._request.attempt):
            return "leave"
        return said if said in ("pause", "cancel") else ""

    def beat(self) -> None:
        key = training_alive_key(self._request.job_id)
        try:
            self._client.set(key, self._request.attempt, px=self._expiry_ms)
        except redis.RedisError:
            log.debug("The queue is away.")


def tell(client: redis.Redis, told: TrainingTold) -> None:
    """Figures into the stream for pages, and to the web application for its rows."""
    key = training_stream(told.job_id)
    for record in told.records:
        fields: dict[Any, Any] = {
            "kind": record.get("kind", "step"),
            "attempt": told.attempt,
            "data": json.dumps(record),
        }
        try:
            client.xadd(key, fields, maxlen=STREAM_LENGTH, approximate=True)
            client.expire(key, STREAM_SECONDS)
        except redis.RedisError:
            log.debug("The queue is away.")
    send(RECORD_TRAINING, asdict(told))


@app.task(name=RUN_TRAINING)  # type: ignore[untyped-decorator]
def run_training(**fields: Any) -> None:
    """Take one attempt off the queue."""
    if fields.get("version") != MESSAGE_VERSION:
        send(RECORD_TRAINING_END, asdict(refused(fields)))
        return
    request, settings, client = (
        TrainRequest.from_fields(**fields),
        worker_settings(),
        connect(),
    )
    claim = training_claim_key(request.job_id, request.attempt)
    if not client.set(claim, settings.name, nx=True, ex=STREAM_SECONDS):
        log.info("Job %s was taken already.", request.job_id)
        return
    line = QueueLine(client, request)
    if line.wish() == "leave":
        log.info("Attempt %s at job %s is outdated.", request.attempt, request.job_id)
        return
    line.beat()
    device = Device(client, settings.trains_apart, settings.quiet_s)
    training = Training(
        request, settings, device, line, tell=lambda told: tell(client, told)
    )
    send(RECORD_TRAINING_END, asdict(ended(training)))


def ended(training: Training) -> TrainingEnded:
    """How the attempt ended.

    Raises:
        Left: nobody is to be told; the attempt is sent again.
    """
    request = training.request
    try:
        return training.end()
    except Left:
        log.info("Job %s is left; its last checkpoint is kept.", request.job_id)
        raise
    except Exception:
        log.exception("Job %s failed.", request.job_id)
        return TrainingEnded(
            request.job_id,
            request.attempt,
            "failed",
            code="UNEXPECTED",
            message=UNEXPECTED,
        )


@app.task(name=INSPECT_MODEL)  # type: ignore[untyped-decorator]
def inspect_model(**fields: Any) -> None:
    """Look at a checkpoint in a process of its own."""
    if fields.get("version") != MESSAGE_VERSION:
        told = Inspected(str(fields["import_id"]), "VERSION_MISMATCH", MISMATCH)
        send(RECORD_INSPECTION, asdict(told))
        return
    request, settings = InspectRequest.from_fields(**fields), worker_settings()
    client, key = connect(), inspection_alive_key(request.import_id)

    def beat() -> None:
        with suppress(redis.RedisError):
            client.set(key, settings.name, px=round(settings.heartbeat_expiry_s * 1000))

    send(RECORD_INSPECTION, asdict(inspect(request, settings, beat)))


def refused(fields: dict[str, Any]) -> TrainingEnded:
    """The reply to a message of another version."""
    return TrainingEnded(
        str(fields["job_id"]),
        int(fields["attempt"]),
        "failed",
        code="VERSION_MISMATCH",
        message=MISMATCH,
    )
