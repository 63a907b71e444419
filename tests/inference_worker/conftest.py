"""A tiny real model, a tiny slide, a real Valkey, and a worker without a queue."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import redis
import torch

from dragonfly.slide import open_slide
from inference_worker import tasks
from inference_worker.engine_cache import EngineCache
from inference_worker.messages import (
    RECORD_PROGRESS,
    RECORD_REPLY,
    AnswerRequest,
    Reply,
    event_stream,
)
from inference_worker.settings import WorkerSettings
from inference_worker.tasks import Worker
from tests.slides import write_pyramid
from tests.valkey import running_valkey

PARITY = Path(__file__).parents[1] / "fixtures" / "parity"
QUESTION = "5f0c0e52-0000-0000-0000-000000000001"


@pytest.fixture(scope="session")
def valkey_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_valkey(tmp_path_factory.mktemp("valkey")) as url:
        yield url


@pytest.fixture
def client(valkey_server: str) -> Iterator[redis.Redis]:
    """An empty Valkey."""
    client = redis.Redis.from_url(valkey_server, decode_responses=True)
    client.flushall()
    yield client
    client.close()


@pytest.fixture(scope="session")
def engines() -> EngineCache:
    """The tiny v2 model, loaded once; more threads than work only slow it down."""
    torch.set_num_threads(1)
    return EngineCache(PARITY / "v2", "cpu")


@pytest.fixture(scope="session")
def slide_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("slides")
    (folder / "one").mkdir()
    write_pyramid(folder / "one" / "slide.svs")
    return folder


@pytest.fixture(scope="session")
def digest(slide_folder: Path) -> str:
    with open_slide(slide_folder / "one" / "slide.svs") as slide:
        return slide.digest


@pytest.fixture
def request_of(digest: str) -> Callable[..., AnswerRequest]:
    """A request about the tiny slide."""

    def make(**fields: Any) -> AnswerRequest:
        plain: dict[str, Any] = {
            "question_id": QUESTION,
            "attempt": 1,
            "slide_path": "one/slide.svs",
            "slide_digest": digest,
            "text": "Is there necrosis?",
            "max_new_tokens": 40,
        }
        return AnswerRequest(**(plain | fields))

    return make


@dataclass
class Desk:
    """A worker whose messages are kept here instead of being queued."""

    worker: Worker
    client: redis.Redis
    sent: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def answer(self, request: AnswerRequest) -> Reply:
        """The one reply to a request."""
        self.worker.answer(request)
        (reply,) = self.replies()
        return reply

    def replies(self) -> list[Reply]:
        return [
            Reply.from_fields(**json.loads(json.dumps(fields)))
            for task, fields in self.sent
            if task == RECORD_REPLY
        ]

    def progress(self) -> list[str]:
        """States, in the order in which they were told."""
        return [fields["state"] for t, fields in self.sent if t == RECORD_PROGRESS]

    def events(self, attempt: int = 1) -> list[tuple[str, dict[str, Any]]]:
        """Kind and data of what the stream has of an attempt."""
        entries: Any = self.client.xrange(event_stream(QUESTION))
        return [
            (fields["kind"], json.loads(fields["data"]))
            for _, fields in entries
            if int(fields["attempt"]) == attempt
        ]

    def text(self) -> str:
        return "".join(data["text"] for kind, data in self.events() if kind == "text")


@pytest.fixture
def desk(
    client: redis.Redis,
    valkey_server: str,
    engines: EngineCache,
    slide_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Desk]:
    settings = WorkerSettings(
        redis_url=valkey_server,
        slide_folder=slide_folder,
        model=PARITY / "v2",
        device="cpu",
        name="tester",
        heartbeat_s=0.1,
        heartbeat_expiry_s=1,
    )
    desk = Desk(Worker(settings), client)
    desk.worker.engines = engines
    monkeypatch.setattr(
        tasks, "send", lambda task, sent: desk.sent.append((task, sent))
    )
    with desk.worker.heartbeat:
        yield desk
