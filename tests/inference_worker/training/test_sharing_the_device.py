"""On a machine with one device, answering has precedence over training."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
import redis

from inference_worker.messages import INFERENCE_QUEUE, WAITING_LISTS, worker_key
from inference_worker.training import device
from inference_worker.training.device import Device


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Seconds that pass when the test says so."""
    now = SimpleNamespace(seconds=1000.0)
    monkeypatch.setattr(device, "time", SimpleNamespace(monotonic=lambda: now.seconds))
    return now


def tell(client: redis.Redis, worker: str, state: str) -> None:
    """A worker's heartbeat."""
    client.set(worker_key(worker), json.dumps({"state": state}))


def test_a_device_that_nobody_asks_of_is_free_at_once(client: redis.Redis) -> None:
    tell(client, "one", "idle")
    shared = Device(client, is_apart=False, quiet_s=30)
    assert not shared.is_wanted()
    assert shared.is_quiet()


@pytest.mark.parametrize("waiting", WAITING_LISTS)
def test_a_question_that_waits_wants_it(client: redis.Redis, waiting: str) -> None:
    client.rpush(waiting, "a question")
    shared = Device(client, is_apart=False, quiet_s=30)
    assert shared.is_wanted()
    assert not shared.is_quiet()


def test_one_worker_that_answers_among_idle_ones_wants_it(client: redis.Redis) -> None:
    tell(client, "one", "idle")
    tell(client, "two", "busy")
    assert Device(client, is_apart=False, quiet_s=30).is_wanted()


def test_training_goes_on_only_when_nobody_has_asked_for_a_while(
    client: redis.Redis, clock: SimpleNamespace
) -> None:
    shared = Device(client, is_apart=False, quiet_s=30)
    tell(client, "one", "busy")
    assert not shared.is_quiet()

    tell(client, "one", "idle")
    clock.seconds += 29
    assert not shared.is_quiet()
    clock.seconds += 1
    assert shared.is_quiet()


def test_a_device_of_its_own_is_always_free(client: redis.Redis) -> None:
    client.rpush(INFERENCE_QUEUE, "a question")
    tell(client, "one", "busy")
    apart = Device(client, is_apart=True, quiet_s=30)
    assert not apart.is_wanted()
    assert apart.is_quiet()


def test_training_goes_on_while_the_queue_is_away() -> None:
    nobody = redis.Redis(port=1, socket_connect_timeout=1)
    assert not Device(nobody, is_apart=False, quiet_s=0).is_wanted()
