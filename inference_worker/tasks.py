"""The worker's task: unpack, claim, answer, reply."""

from __future__ import annotations

import logging
from dataclasses import asdict
from functools import cache
from typing import Any

import redis
from celery.exceptions import WorkerShutdown

from dragonfly.engine import Engine
from inference_worker.answering import Answering, Outdated
from inference_worker.app import app, send
from inference_worker.engine_cache import EngineCache
from inference_worker.events import EventWriter
from inference_worker.heartbeat import Heartbeat
from inference_worker.messages import (
    ANSWER_QUESTION,
    MESSAGE_VERSION,
    RECORD_MODEL,
    RECORD_PROGRESS,
    RECORD_REPLY,
    STREAM_SECONDS,
    AnswerRequest,
    ModelFound,
    Progressed,
    Reply,
    WorkerStatus,
    attempt_key,
    claim_key,
)
from inference_worker.settings import WorkerSettings, worker_settings

log = logging.getLogger(__name__)
SOCKET_SECONDS = 5.0


def connect(url: str) -> redis.Redis:
    """A client that gives up after seconds; the caller tries again."""
    return redis.Redis.from_url(
        url,
        decode_responses=True,
        socket_connect_timeout=SOCKET_SECONDS,
        socket_timeout=SOCKET_SECONDS,
    )


class Worker:
    """What lasts from question to question: the engine, the heartbeat, the line."""

    def __init__(self, settings: WorkerSettings) -> None:
        self.settings = settings
        self.client = connect(settings.redis_url)
        self.engines = EngineCache(settings.model, settings.device)
        self.heartbeat = Heartbeat(
            connect(settings.redis_url),
            WorkerStatus(settings.name, settings.device or "", "loading"),
            settings.heartbeat_s,
            settings.heartbeat_expiry_s,
        )

    def load(self) -> Engine:
        """Load the default model and tell the web application of it.

        Raises:
            ModelError: there is none, or it cannot be loaded.
        """
        engine = self.engines.get()
        self.tell_model(engine)
        found = ModelFound(
            name=engine.name,
            digest=engine.digest,
            path=str(self.engines.folder),
            variant="v1" if engine.processor.layout.high == "selected" else "v2",
            note=str(getattr(engine.model.config, "title", None) or ""),
            card=self.engines.card,
        )
        send(RECORD_MODEL, asdict(found))
        return engine

    def tell_model(self, engine: Engine) -> None:
        """Say which model is loaded, and that work may come."""
        self.heartbeat.tell(
            state="idle",
            device=str(engine.model.device),
            model_name=engine.name,
            model_digest=engine.digest,
        )

    def answer(self, request: AnswerRequest) -> None:
        """Answer, unless another worker has this attempt or a newer one was sent."""
        if not self._claim(request):
            log.info("Question %s was taken already.", request.question_id)
            return
        name, attempt = request.question_id, request.attempt
        try:
            with (
                self.heartbeat.watching(name, attempt) as watch,
                EventWriter(self.client, name, attempt) as writer,
            ):
                answering = Answering(
                    request,
                    self.engines,
                    self.settings.slide_folder,
                    writer,
                    watch,
                    tell_progress,
                )
                reply = answering.reply()
        except Outdated:
            log.info("Question %s was sent again; leaving it.", name)
            return
        send(RECORD_REPLY, reply.fields())
        if reply.code == "GPU_UNAVAILABLE":
            # After a fault of the device this process can use it no more: whatever
            # keeps the worker running starts a new one.
            raise WorkerShutdown

    def _claim(self, request: AnswerRequest) -> bool:
        newest = self.client.get(attempt_key(request.question_id))
        if newest is not None and int(str(newest)) > request.attempt:
            return False
        key = claim_key(request.question_id, request.attempt)
        taken = self.client.set(key, self.settings.name, nx=True, ex=STREAM_SECONDS)
        return bool(taken)


def tell_progress(progressed: Progressed) -> None:
    """Tell the web application which state was reached."""
    send(RECORD_PROGRESS, asdict(progressed))


@cache
def worker() -> Worker:
    """The worker of this process."""
    return Worker(worker_settings())


@app.task(name=ANSWER_QUESTION)  # type: ignore[untyped-decorator]
def answer_question(**fields: Any) -> None:
    """Take one request off the queue."""
    if fields.get("version") != MESSAGE_VERSION:
        send(RECORD_REPLY, refused(fields).fields())
        return
    worker().answer(AnswerRequest.from_fields(**fields))


def refused(fields: dict[str, Any]) -> Reply:
    """The reply to a message of another version."""
    return Reply(
        str(fields["question_id"]),
        int(fields["attempt"]),
        "failed",
        code="VERSION_MISMATCH",
        message="The inference worker and the web application are of different "
        "versions. Ask an administrator to update both.",
    )
