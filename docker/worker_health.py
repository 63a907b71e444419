"""Whether the inference worker of this container was heard of lately; for Docker.

Asked of the queue, because a worker that is busy with an answer answers nobody else.
"""

from __future__ import annotations

import sys

import redis

from inference_worker.messages import worker_key
from inference_worker.settings import worker_settings

settings = worker_settings()
# A container has one worker; the process asking is not the one that is asked about.
name = settings.name.rpartition("-")[0] + "-*"
client = redis.Redis.from_url(settings.redis_url, socket_timeout=4)
sys.exit(not any(True for _ in client.scan_iter(match=worker_key(name), count=1000)))
