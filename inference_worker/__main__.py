"""`python -m inference_worker`: load the model, then take questions until stopped."""

from __future__ import annotations

import logging
import sys

from dragonfly.errors import DragonflyError
from inference_worker.app import app
from inference_worker.messages import INFERENCE_QUEUE
from inference_worker.settings import worker_settings
from inference_worker.tasks import worker

log = logging.getLogger("inference_worker")


def main() -> int:
    """Run until a signal; 1 when there is no model to answer with."""
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    with worker().heartbeat:
        try:
            worker().load()
        except DragonflyError as error:
            log.error("%s: %s", error.code, error.message)
            return 1
        app.worker_main(
            [
                "worker",
                "--pool=solo",
                f"--queues={INFERENCE_QUEUE}",
                f"--hostname={worker_settings().name}@%h",
                "--without-gossip",
                "--without-mingle",
                "--without-heartbeat",
                "--loglevel=INFO",
            ]
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
