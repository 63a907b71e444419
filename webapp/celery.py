"""The web queue: replies from the worker, ingest, and the clock.

Each app's `tasks.py` says `from webapp.celery import app`; the tasks are found lazily,
so this module imports no app.
"""

from __future__ import annotations

import os

from celery import Celery
from django.conf import settings

from inference_worker.messages import INFERENCE_QUEUE, WEB_QUEUE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")
app = Celery("webapp")
app.conf.update(
    broker_url=settings.CELERY_BROKER_URL,
    broker_connection_retry_on_startup=True,
    worker_consumer="inference_worker.consumer:LastingConsumer",
    task_default_queue=WEB_QUEUE,
    task_routes={
        "inference_worker.*": {"queue": INFERENCE_QUEUE},
        "webapp.*": {"queue": WEB_QUEUE},
    },
    task_serializer="json",
    accept_content=["json"],
    task_ignore_result=True,
    worker_prefetch_multiplier=1,
    timezone="UTC",
)
app.autodiscover_tasks(
    [
        "webapp.slides",
        "webapp.training",
        "webapp.questions",
        "webapp.dicomweb",
        "webapp.results",
        "webapp.twins",
        "webapp.accounts",
        "webapp.accounts.oauth",
        "webapp.webhooks",
        "webapp.jobs",
        "webapp.rules",
        "webapp.worklist",
        "webapp.finetuning",
        "webapp.delivery",
    ]
)
