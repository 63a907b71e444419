"""The inference workers, as they tell of themselves, and what waits for them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from typing import Any
from uuid import UUID

from inference_worker.messages import (
    WAITING_LISTS,
    WORKER_KEYS,
    WorkerStatus,
    alive_key,
    claim_key,
)
from webapp.broker import connection
from webapp.questions.models import Question

KNOWN = {field.name for field in fields(WorkerStatus)}


def live_workers() -> list[WorkerStatus]:
    """The workers that were heard of lately.

    Raises:
        redis.RedisError: the queue does not answer.
    """
    client = connection()
    keys = sorted(str(key) for key in client.scan_iter(match=WORKER_KEYS, count=1000))
    values: Any = client.mget(keys) if keys else []
    told = (json.loads(value) for value in values if value)
    return [
        WorkerStatus(**{name: said for name, said in one.items() if name in KNOWN})
        for one in told
    ]


def is_alive(question: Question) -> bool:
    """A worker is at the newest attempt, or was until a moment ago."""
    return str(connection().get(alive_key(str(question.pk)))) == str(question.attempt)


def is_claimed(question: Question) -> bool:
    """A worker has taken the newest attempt off the queue."""
    return bool(connection().exists(claim_key(str(question.pk), question.attempt)))


def message_name(question_id: UUID | str, attempt: int) -> str:
    """The id of the message of one attempt."""
    return f"{question_id}.{attempt}"


def waiting_messages() -> Iterator[str]:
    """Ids of the messages that no worker has taken yet."""
    for name in WAITING_LISTS:
        waiting: Any = connection().lrange(name, 0, -1)
        for message in waiting:
            yield str(json.loads(message).get("headers", {}).get("id", ""))
