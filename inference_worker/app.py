"""The worker's end of the queue: what it takes, and how it sends its replies."""

from __future__ import annotations

from typing import Any

from celery import Celery

from inference_worker.messages import INFERENCE_QUEUE, WEB_QUEUE
from inference_worker.settings import worker_settings

# Celery loads Django wherever DJANGO_SETTINGS_MODULE is set, and with it the site.
app = Celery("inference_worker", fixups=[])
app.conf.update(
    broker_url=worker_settings().redis_url,
    broker_connection_retry_on_startup=True,
    worker_consumer="inference_worker.consumer:LastingConsumer",
    broker_connection_max_retries=None,
    # A worker that comes back after the queue was away takes its questions again.
    worker_cancel_long_running_tasks_on_connection_loss=False,
    task_default_queue=INFERENCE_QUEUE,
    task_routes={"webapp.*": {"queue": WEB_QUEUE}},
    task_serializer="json",
    accept_content=["json"],
    task_ignore_result=True,
    # Taken off the queue at the start: what a dead worker leaves is sent again by the
    # web application, which counts the attempts, and not by the queue for ever.
    task_acks_late=False,
    worker_prefetch_multiplier=1,
    timezone="UTC",
)
PATIENCE = {
    "max_retries": None,
    "interval_start": 0.1,
    "interval_step": 0.3,
    "interval_max": 3.0,
}


def send(task: str, fields: dict[str, Any]) -> None:
    """Send a reply to the web queue; waits for a queue that is away."""
    app.send_task(task, kwargs=fields, retry=True, retry_policy=PATIENCE)
