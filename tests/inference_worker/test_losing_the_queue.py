"""A worker that holds a message when the queue is lost connects again."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from celery import Celery
from kombu.connection import Connection
from kombu.entity import Exchange, Queue
from kombu.simple import SimpleQueue

from inference_worker.consumer import LastingConsumer
from tests.valkey import running_valkey


def hold_and_wait(connection: Connection) -> None:
    """Take a message, wait for the next, and listen to gossip, as a worker does."""
    queue = SimpleQueue(connection.default_channel, "work")
    queue.put({"a": 1})
    assert queue.get(timeout=10).payload == {"a": 1}
    with suppress(TimeoutError):
        connection.drain_events(timeout=0.1)
    gossip = Exchange("gossip", type="fanout")
    Queue("heard", gossip, auto_delete=True)(connection.channel()).declare()


def test_it_lets_go_of_a_connection_with_a_message_in_hand(tmp_path: Path) -> None:
    with running_valkey(tmp_path) as url:
        app = Celery(broker=url, set_as_current=False)
        app.conf.worker_cancel_long_running_tasks_on_connection_loss = True
        connection = app.connection_for_read()
        hold_and_wait(connection)
    consumer = LastingConsumer.__new__(LastingConsumer)
    consumer.app, consumer.connection = app, connection
    consumer.qos_global = False
    consumer.on_connection_error_after_connected(ConnectionError("gone"))
    assert consumer.connection is None


def test_both_queues_are_read_by_it() -> None:
    from inference_worker.app import app as worker
    from webapp.celery import app as web

    for app in (worker, web):
        assert app.conf.worker_consumer == "inference_worker.consumer:LastingConsumer"
